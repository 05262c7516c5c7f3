import type { PackageManager } from '../../scaffold/package-manager.ts';
import type { StarterInfo } from '../../scaffold/starter.ts';
import type { CreateAppFlags } from './flags.ts';

/** All that has to be known before anything is planned, from flags, from answers, or from defaults. */
export type Choices = {
  directory: string;
  /** As `--starter` takes it. */
  starter: string;
  name: string | undefined;
  packageManager: PackageManager;
  install: boolean;
  git: boolean;
};

/** Directory of a project that nobody named. */
export const defaultDirectory = 'my-app';

/** What flags and defaults say; undefined where they leave a question open. */
export function choicesFromFlags(flags: CreateAppFlags, detected: PackageManager): Choices | undefined {
  if (flags.starter === undefined) return undefined;
  return {
    directory: flags.directory ?? defaultDirectory,
    starter: flags.starter,
    name: flags.name,
    packageManager: flags.packageManager ?? detected,
    install: flags.install,
    git: flags.git,
  };
}

/** Starters in which every word is found: in the title, the language, a resource or the description. */
export function matchStarters(starters: readonly StarterInfo[], term: string): StarterInfo[] {
  const words = term
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return starters.filter((starter) => {
    const text = [starter.id, starter.title, starter.language, ...starter.resources, starter.description]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
