/**
 * What the files of Python's package managers ask for, as lines of a requirements file. Their own tools are not
 * needed to read them.
 * @see https://peps.python.org/pep-0508 https://python-poetry.org/docs/dependency-specification
 */

export type Requirements = {
  lines: string[];
  /** Entries that are folders, files or repositories, by their name. */
  foreign: string[];
};

/** An entry of a Pipfile, of its lock, or of `[tool.poetry.dependencies]`. */
export type Entry =
  | string
  | readonly Entry[]
  | {
      version?: string;
      extras?: readonly string[];
      markers?: string;
      optional?: boolean;
      python?: string;
      platform?: string;
      [other: string]: unknown;
    };

const foreignKeys = ['git', 'path', 'file', 'url', 'editable', 'hg', 'svn'];

/** Markers that a Pipfile has as keys of an entry: `sys_platform = "== 'linux'"`. */
const markerKeys = [
  ...['os_name', 'sys_platform', 'platform_machine', 'platform_python_implementation', 'platform_release'],
  ...['platform_system', 'platform_version', 'python_version', 'python_full_version'],
  ...['implementation_name', 'implementation_version'],
];

/** `[packages]` of a Pipfile, or `default` of its lock, with the indexes that they come from. */
export function pipenvRequirements(
  packages: Readonly<Record<string, Entry>>,
  sources: readonly { url?: string }[],
): Requirements {
  const urls = sources.flatMap(({ url }) => url ?? []);
  // The standard one is left to the machine, whose settings may name a mirror.
  const isStandard = urls.every((url) => /^https:\/\/pypi\.(?:org|python\.org)\/simple\/?$/.test(url));
  const found: Requirements = {
    lines: isStandard
      ? []
      : urls.map((url, at) => `${at === 0 ? '--index-url' : '--extra-index-url'} ${url}`),
    foreign: [],
  };
  for (const [name, entry] of Object.entries(packages)) {
    add(found, name, entry, (version) => (version === '*' ? '' : version));
  }
  return found;
}

/**
 * `[tool.poetry.dependencies]`; what is optional belongs to extras and stays out.
 * @param sources `[[tool.poetry.source]]`: a primary one takes the place of the standard index
 */
export function poetryRequirements(
  dependencies: Readonly<Record<string, Entry>>,
  sources: readonly { url?: string; priority?: string }[] = [],
): Requirements {
  const found: Requirements = { lines: poetryIndexes(sources), foreign: [] };
  for (const [name, entry] of Object.entries(dependencies)) {
    if (name.toLowerCase() !== 'python') add(found, name, entry, pep440);
  }
  return found;
}

/** Names of a project's dependencies that `[tool.uv.sources]` takes from elsewhere than an index. */
export function uvForeign(
  dependencies: readonly string[],
  sources: Readonly<Record<string, unknown>>,
): string[] {
  const wanted = new Set(dependencies.map((text) => normaliseName(/^[\w.-]+/.exec(text)?.[0] ?? '')));
  return Object.entries(sources).flatMap(([name, source]) => {
    const isForeign = [source]
      .flat()
      .some((one) => [...foreignKeys, 'workspace'].some((key) => Object.hasOwn(Object(one), key)));
    return isForeign && wanted.has(normaliseName(name)) ? [name] : [];
  });
}

/** Names of packages are the same in either case and with any of the three signs. */
export const normaliseName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

export function poetryIndexes(sources: readonly { url?: string; priority?: string }[]): string[] {
  const isPrimary = (priority = 'primary'): boolean => priority === 'primary' || priority === 'default';
  const main = sources.flatMap(({ url, priority }) =>
    url !== undefined && isPrimary(priority) ? [url] : [],
  );
  const more = sources.flatMap(({ url, priority }) =>
    url !== undefined && !isPrimary(priority) ? [url] : [],
  );
  const [first, ...others] = main;
  return [
    ...(first === undefined ? [] : [`--index-url ${first}`]),
    ...[...others, ...more].map((url) => `--extra-index-url ${url}`),
  ];
}

function add(found: Requirements, name: string, entry: Entry, toVersion: (version: string) => string): void {
  if (isList(entry)) {
    for (const one of entry) add(found, name, one, toVersion);
    return;
  }
  const {
    version = '*',
    extras = [],
    markers,
    optional,
    ...rest
  } = typeof entry === 'string' ? { version: entry } : entry;
  if (optional === true) return;
  if (foreignKeys.some((key) => key in rest)) {
    found.foreign.push(name);
    return;
  }
  const { python, platform } = rest;
  const conditions = [
    ...(markers === undefined ? [] : [markers]),
    ...(typeof python === 'string' ? pythonMarkers(python) : []),
    ...(typeof platform === 'string' ? [`sys_platform == '${platform}'`] : []),
    ...markerKeys.flatMap((key) => (typeof rest[key] === 'string' ? [`${key} ${rest[key]}`] : [])),
  ];
  const marker = conditions.length > 1 ? conditions.map((text) => `(${text})`).join(' and ') : conditions[0];
  const extra = extras.length === 0 ? '' : `[${extras.join(',')}]`;
  found.lines.push(`${name}${extra}${toVersion(version)}${marker === undefined ? '' : ` ; ${marker}`}`);
}

const isList = (entry: Entry): entry is readonly Entry[] => Array.isArray(entry);

const pythonMarkers = (version: string): string[] =>
  pep440(version)
    .split(',')
    .filter((part) => part !== '')
    .map((part) => part.replace(/^([<>=!~]+)(.*)$/, "python_version $1 '$2'"));

/** Poetry's word for versions in Python's: `^1.2` is `>=1.2,<2`. */
export function pep440(version: string): string {
  return version
    .split(',')
    .map((part) => part.trim())
    .flatMap((part) => {
      const [, sign = '', number = ''] = /^(\^|~(?!=)|[<>=!~]*)\s*(.*)$/.exec(part) ?? [];
      if (sign === '^') return [`>=${number}`, `<${afterCaret(number)}`];
      if (sign === '~') return [`>=${number}`, `<${afterTilde(number)}`];
      if (number === '*' || number === '') return [];
      return [`${sign === '' || sign === '=' ? '==' : sign}${number}`];
    })
    .join(',');
}

const numbersOf = (version: string): number[] =>
  (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

/** The first number that is not 0, or the last one, goes up. */
function afterCaret(version: string): string {
  const numbers = numbersOf(version);
  const found = numbers.findIndex((number) => number > 0);
  return raised(numbers, found === -1 ? numbers.length - 1 : found);
}

const afterTilde = (version: string): string => {
  const numbers = numbersOf(version);
  return raised(numbers, Math.min(1, numbers.length - 1));
};

const raised = (numbers: readonly number[], at: number): string =>
  numbers
    .slice(0, at + 1)
    .map((number, index) => (index === at ? number + 1 : number))
    .join('.');

/** A `[[package]]` of a lock file of Poetry or uv. */
export type LockedPackage = {
  name?: string;
  version?: string;
  source?: unknown;
  /** Poetry's; since 2.0 it may have one for each group. */
  markers?: string | Readonly<Record<string, string>>;
  /** uv's: any of them. */
  'resolution-markers'?: readonly string[];
};

/** Versions of a lock file as constraints; a package with several has one for each kind of machine. */
export function lockedVersions(packages: readonly LockedPackage[]): string[] {
  const ofIndex = packages.filter(({ source }) => isOfIndex(source));
  return ofIndex.flatMap((one) => {
    const { name, version } = one;
    if (name === undefined || version === undefined) return [];
    const pin = `${name}==${version}`;
    if (ofIndex.filter((other) => other.name === name).length === 1) return [pin];
    const marker = markerOf(one);
    return marker === undefined ? [] : [`${pin} ; ${marker}`];
  });
}

function markerOf({ markers, 'resolution-markers': any }: LockedPackage): string | undefined {
  if (any !== undefined) return any.map((text) => `(${text})`).join(' or ');
  return typeof markers === 'string' ? markers : markers?.main;
}

/** Poetry notes a source for what is not from the standard index, uv for everything. */
function isOfIndex(source: unknown): boolean {
  if (typeof source !== 'object' || source === null) return true;
  return 'registry' in source || ('type' in source && source.type === 'legacy');
}
