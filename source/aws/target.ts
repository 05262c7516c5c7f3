/** Where AWS calls go. The rooms that make them never ask which kind it is. */
export type Target = {
  kind: 'aws' | 'local' | 'endpoint';
  region: string;
  profile?: string;
  /** For `local` and `endpoint`. */
  endpoint?: string;
  /** For `local`: the project's own keys. Otherwise the SDK's standard chain. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
};

/** The Region of the embedded AWS, and of commands without AWS calls where none is named. */
export const offlineRegion = 'us-east-1';
