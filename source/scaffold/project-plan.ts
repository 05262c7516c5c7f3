import { packageNameOf } from './project-name.ts';
import type { Starter } from './starter.ts';

export type PlannedFile = {
  /** Relative to the project, with `/`. */
  path: string;
  executable: boolean;
} & ({ contents: string } | { source: string });

/** Every file of a new project, before anything is written. */
export type ProjectPlan = {
  /** Absolute. */
  directory: string;
  /** Id of the starter, or what `--starter` named. */
  starter: string;
  name: string;
  /** Sorted by path. */
  files: PlannedFile[];
};

export type PlanOptions = {
  starter: Starter;
  directory: string;
  /** A valid service name. */
  name: string;
  /** How `stp` is called where the project will be: `stp`, or `npx -p …`. */
  stp: string;
};

/** What a starter becomes under a name of its own. Pure: the texts that change are in `starter`. */
export function planProject({ starter, directory, name, stp }: PlanOptions): ProjectPlan {
  const files = starter.files.map((file): PlannedFile => {
    const { path, executable, source } = file;
    if (path === starter.config.path)
      return { path, executable, contents: withServiceName(starter.config.text, name) };
    if (path === 'package.json' && starter.packageJson !== undefined) {
      return { path, executable, contents: withPackageName(starter.packageJson, packageNameOf(name), stp) };
    }
    return { path, executable, source };
  });
  return { directory, starter: starter.id, name, files };
}

function withServiceName(config: string, name: string): string {
  // Words that YAML reads as something other than text.
  const value = /^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name) ? `'${name}'` : name;
  const line = /^serviceName:[^\r\n]*/m;
  return line.test(config)
    ? config.replace(line, () => `serviceName: ${value}`)
    : `serviceName: ${value}\n\n${config}`;
}

function withPackageName(text: string, name: string, stp: string): string {
  let manifest: { scripts?: Record<string, string> };
  try {
    manifest = JSON.parse(text) as typeof manifest;
  } catch {
    return text;
  }
  const scripts =
    manifest.scripts && mapValues(manifest.scripts, (script) => script.replace(/^stp(?= |$)/, () => stp));
  return `${JSON.stringify({ ...manifest, name, ...(scripts === undefined ? {} : { scripts }) }, undefined, 2)}\n`;
}

const mapValues = (
  values: Record<string, string>,
  change: (value: string) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
