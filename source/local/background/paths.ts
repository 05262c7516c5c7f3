import { join } from 'node:path';

/** Where the embedded AWS of a project keeps everything. */
export const localDirectory = (projectDirectory: string): string => join(projectDirectory, '.stp', 'local');

export const serverFile = (directory: string): string => join(directory, 'server.json');
export const logFile = (directory: string): string => join(directory, 'server.log');
