/** A directive whose value comes from outside of the config: a file, git, a program of the user's, AWS. */
export type ExternalCall =
  | { kind: 'custom'; name: string; filePath: string; args: readonly (string | number | boolean)[] }
  | {
      kind: 'built-in';
      name: 'File' | 'FileRaw' | 'GitInfo' | 'StackOutput';
      args: readonly (string | number | boolean)[];
    };

/** What it gave: any JSON, or why it gave nothing. */
export type ExternalAnswer =
  | { value: unknown }
  | { error: { code: string; message: string; expected?: string; suggestion?: string } };

/**
 * How reading a config, which is pure, meets the outside: it takes the answers that are there and notes the calls
 * that have none yet; whoever reads it finds those out and reads again.
 */
export type Externals = {
  answer(call: ExternalCall): ExternalAnswer | undefined;
  want(call: ExternalCall): void;
};

/** Equal calls are made once (spec 2.1). */
export const callKey = (call: ExternalCall): string => JSON.stringify(call);
