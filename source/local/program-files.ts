import { fileURLToPath } from 'node:url';

declare const STP_BUILT: boolean | undefined;

/** The built program lies flat in `dist/`; in a checkout Node runs the sources themselves. */
const files = {
  /** The background process of the embedded AWS. */
  server: { built: './local-server.js', source: './background/server-main.ts' },
  /** The client of the Lambda Runtime API for Node functions. */
  nodeRuntime: { built: './node-runtime.js', source: './services/lambda/runtime/node-runtime.ts' },
  /** Folder for NODE_PATH with the SDK clients that Lambda's Node runtimes ship. */
  sdkModules: { built: './sdk-modules', source: '../../node_modules' },
} as const;

/** Absolute path of a file that other processes of the embedded AWS run. */
export function programFile(name: keyof typeof files): string {
  const built = typeof STP_BUILT !== 'undefined';
  return fileURLToPath(new URL(built ? files[name].built : files[name].source, import.meta.url));
}
