/** What a starter says of itself in `starter.json`. `create-stp-app --list --json` prints these fields. */
export type StarterInfo = {
  id: string;
  title: string;
  /** `typescript`, `python`, `java`, `go`. */
  language: string;
  /** Resource types of its config. */
  resources: string[];
  description: string;
};

export type StarterFile = {
  /** Relative to the project, with `/`. */
  path: string;
  /** Absolute path of the file to copy. */
  source: string;
  executable: boolean;
};

export type Starter = StarterInfo & {
  files: StarterFile[];
  /** Texts of the files that are changed for a project; absent where the starter has no such file. */
  config: { path: string; text: string };
  packageJson?: string;
};
