/** A directive whose value comes from outside of the config: a file, git, a program of the user's, AWS. */
export type ExternalCall =
  | { kind: 'custom'; name: string; filePath: string; args: readonly unknown[] }
  | {
      kind: 'built-in';
      /** `Secret`: the id of the version that is current. */
      name: 'File' | 'FileRaw' | 'GitInfo' | 'StackOutput' | 'Secret';
      args: readonly (string | number | boolean)[];
    };

type Remark = { code: string; message: string; expected?: string; suggestion?: string };

/** What it gave: any JSON, or why it gave nothing. */
export type ExternalAnswer = { value: unknown; warning?: Remark } | { error: Remark };

/** What directives ask AWS. Failures may be thrown: a `UserError` or an `AwsError` in its own words. */
export type AskAws = {
  /** For `$StackOutput`; `region` is undefined for that of the deployment. */
  stackOutput(stack: string, output: string, region: string | undefined): Promise<ExternalAnswer>;
  /**
   * The id of a secret's current version, so that a changed secret changes the stack (spec 2.2); null to leave it
   * open. Absent where the template is made without AWS.
   */
  secretVersion?(name: string): Promise<ExternalAnswer>;
};

/**
 * How reading a config, which is pure, meets the outside: it takes the answers that are there and notes the calls
 * that have none yet; whoever reads it finds those out and reads again.
 */
export type Externals = {
  answer(call: ExternalCall): ExternalAnswer | undefined;
  want(call: ExternalCall): void;
  /** Whether the versions of secrets are asked for. */
  pinsSecrets: boolean;
};

/** Equal calls are made once (spec 2.1). */
export const callKey = (call: ExternalCall): string => JSON.stringify(call);

/** `.env`, `.env.staging`, `staging.env`. */
export const isEnvFile = (path: string): boolean => /(?:^|[/\\])\.env(?:\.[^/\\]*)?$|\.env$/i.test(path);
