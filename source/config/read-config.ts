import { basename, dirname } from 'node:path';
import type { Config, ConfigResource, GlobalAlarm } from '../model/config.ts';
import type { CheckContext } from '../model/descriptor.ts';
import type { ConfigPath, Finding, Problem, SourceRange } from '../model/diagnostic.ts';
import { UserError } from '../model/errors.ts';
import type { Value } from '../model/intrinsic.ts';
import { namesOf } from '../resources/names.ts';
import { resourceDescriptor } from '../resources/registry.ts';
import { BrokenParts } from './broken-parts.ts';
import { checkConnection, checkReference, type ResourceTypes } from './check-references.ts';
import { checkResources } from './check-resources.ts';
import { checkRollbackAlarms } from './check-rollback-alarms.ts';
import { checkSchema } from './check-schema.ts';
import { checkScripts } from './check-scripts.ts';
import { configSchema } from './config-schema.ts';
import { builtIn, type RuntimeContext } from './directives/built-ins.ts';
import type { Externals } from './directives/external-call.ts';
import { resolveLocalDirectives } from './directives/resolve-local.ts';
import { settleRuntimeDirectives } from './directives/settle-runtime.ts';
import { readGlobalAlarms } from './global-alarms.ts';
import { isMapping, type Raw } from './mapping.ts';
import { ProblemList } from './problem-list.ts';
import { sectionsOf } from './project-sections.ts';
import { checkNat, checkReusedVpc, vpcSettings } from './vpc-settings.ts';
import { YamlSource } from './yaml-source.ts';

export type ReadOptions = {
  text: string;
  /** Absolute path that problems name; paths in the config are relative to its folder. */
  file: string;
  stage: string;
  region: string;
  /** Where the config has none; else it is the name of the folder. */
  serviceName?: string;
  /** The file with the global alarms, where there is one. */
  alarms?: { file: string; text: string };
  /** For `$Profile()` and `$CliArgs()`. */
  profile?: string;
  cliArguments?: Readonly<Record<string, string | number | boolean>>;
  /** For directives whose value comes from outside; without it they are errors. */
  externals?: Externals;
  /** What a path relative to the config is; without it nothing is asked of the disk. */
  pathKind?: NonNullable<CheckContext['pathKind']>;
};

/** A config that was read. Without `config` it has errors, which are among `problems`; else those are warnings. */
export type LoadedConfig = {
  /** Absolute. */
  file: string;
  /** Of the file, without a byte order mark. */
  text: string;
  /** In the order of the file. */
  problems: Problem[];
  /** Where something stands in the file; undefined for what is not in it. */
  locate(path: ConfigPath, at?: 'key' | 'value'): SourceRange | undefined;
  /** Gives findings of synthesis their places. */
  describe(findings: readonly Finding[]): Problem[];
} & ({ config: Config } | { config: undefined });

/**
 * Reads and checks the text of a config: every problem at once. Pure but for `pathKind`.
 * @throws UserError where the stage or the service name, which come from flags, can be in no stack's name
 */
export function readConfig(options: ReadOptions): LoadedConfig {
  checkNameParts(options);
  const source = new YamlSource(options.text, options.file);
  const problems = new ProblemList(source);
  for (const finding of source.findings) problems.addText(finding);
  const global = options.alarms ? readGlobalAlarms(options.alarms) : { alarms: [], problems: [] };
  const config = isMapping(source.value)
    ? readMapping(source.value, source, problems, { ...options, globalAlarms: global.alarms })
    : undefined;
  if (source.findings.length === 0 && !isMapping(source.value)) problems.addText(notAMapping(source));
  const loaded = {
    file: options.file,
    text: source.text,
    problems: [...problems.sorted(), ...global.problems],
    locate: (path: ConfigPath, at?: 'key' | 'value') => source.locate(path, at),
    describe(findings: readonly Finding[]) {
      const list = new ProblemList(source);
      for (const finding of findings) list.add(finding);
      return list.sorted();
    },
  };
  const hasErrors = problems.hasErrors || global.problems.some(({ severity }) => severity === 'error');
  return hasErrors || !config ? { ...loaded, config: undefined } : { ...loaded, config };
}

function checkNameParts({ stage, serviceName }: ReadOptions): void {
  if (!/^[a-zA-Z0-9][-a-zA-Z0-9]*$/.test(stage) || stage.length > 27) {
    throw new UserError(`"${stage}" cannot be the name of a stage.`, {
      code: 'invalid-stage',
      hint: 'A stage has up to 27 letters, digits and hyphens: dev, prod, pr-12.',
    });
  }
  if (serviceName !== undefined && !/^[a-zA-Z][-a-zA-Z0-9]{0,99}$/.test(serviceName)) {
    throw new UserError(`"${serviceName}" cannot be the name of a service.`, {
      code: 'invalid-service-name',
      hint: 'A service name has up to 100 letters, digits and hyphens, a letter first.',
    });
  }
}

type MappingOptions = ReadOptions & { globalAlarms: GlobalAlarm[] };

function readMapping(raw: Raw, source: YamlSource, problems: ProblemList, options: MappingOptions): Config {
  const { stage, region } = options;
  problems.resourceTypes = typesOf(raw.resources);
  const { profile, cliArguments, externals } = options;
  const directives = resolveLocalDirectives({
    config: raw,
    stage,
    region,
    ...(profile === undefined ? {} : { profile }),
    ...(cliArguments ? { cliArguments } : {}),
    ...(externals ? { externals } : {}),
  });
  for (const finding of directives) problems.add(finding);
  // A directive may have given a type, a resource or all of them.
  const types = typesOf(raw.resources);
  problems.resourceTypes = types;
  for (const finding of checkDirectiveNames(raw.directives)) problems.add(finding);
  const broken = new BrokenParts();
  checkWholeSchema(raw, { types, source, problems, broken });
  checkNames(raw, source, problems);
  for (const finding of checkScripts(raw)) problems.add(finding);
  if (isMapping(raw.stackConfig)) {
    for (const finding of checkReusedVpc(raw.stackConfig.vpc)) problems.add(finding);
  }

  const config = configOf(raw, options);
  const vpc = isMapping(raw.stackConfig) ? raw.stackConfig.vpc : undefined;
  for (const finding of checkNat(vpc, config.resources)) problems.add(finding);
  const checked = checkResources({
    config,
    broken,
    ...(options.pathKind ? { pathKind: options.pathKind } : {}),
  });
  for (const finding of checked) problems.add(finding);
  for (const finding of checkRollbackAlarms(config)) problems.add(finding);
  settle(raw, config, broken, problems);
  return config;
}

function checkWholeSchema(
  raw: Raw,
  {
    types,
    source,
    problems,
    broken,
  }: { types: ResourceTypes; source: YamlSource; problems: ProblemList; broken: BrokenParts },
): void {
  checkSchema(raw, configSchema, [], {
    report(finding) {
      problems.add(finding);
      broken.add(finding.path);
    },
    reference(name, wanted, path) {
      const finding = checkReference(name, wanted, path, types);
      if (finding) problems.add(finding);
    },
    connection(name, path) {
      const finding = checkConnection(name, path, types, Object.keys(raw.cloudformationResources ?? {}));
      if (finding) problems.add(finding);
    },
    unresolved: (path) => broken.add(path),
    number(value, path) {
      const written = source.writtenAs(path);
      if (written === undefined || written === String(value)) return;
      problems.add({
        severity: 'warning',
        code: 'ambiguous-number',
        path,
        message: `${written} is read as the number ${value}.`,
        suggestion: `Write "${written}" in quotes to keep it as it is.`,
      });
    },
  });
}

function* checkDirectiveNames(directives: unknown): Iterable<Finding> {
  for (const [index, one] of (Array.isArray(directives) ? directives : []).entries()) {
    if (!isMapping(one) || typeof one.name !== 'string' || !builtIn(one.name)) continue;
    yield {
      severity: 'error',
      code: 'duplicate-directive',
      path: ['directives', index, 'name'],
      message: `There is a built-in directive $${one.name} already.`,
      suggestion: 'Choose another name.',
    };
  }
}

function checkNames(raw: Raw, source: YamlSource, problems: ProblemList): void {
  for (const name of Object.keys(isMapping(raw.resources) ? raw.resources : {})) {
    if (/^[A-Za-z0-9]+$/.test(name)) continue;
    problems.add({
      severity: 'error',
      code: 'invalid-resource-name',
      path: ['resources', name],
      at: 'key',
      message: `Resource name "${name}" is not valid. Each resource name must be alphanumeric.`,
      expected: 'letters and digits',
    });
  }
  for (const logicalId of Object.keys(
    isMapping(raw.cloudformationResources) ? raw.cloudformationResources : {},
  )) {
    if (/^[A-Za-z0-9]{1,255}$/.test(logicalId)) continue;
    problems.add({
      severity: 'error',
      code: 'invalid-logical-id',
      path: ['cloudformationResources', logicalId],
      at: 'key',
      message: `Logical id "${logicalId}" is not valid. CloudFormation takes letters and digits.`,
    });
  }
  const isEmpty = [raw.resources, raw.cloudformationResources].every(
    (part) => !isMapping(part) || Object.keys(part).length === 0,
  );
  if (isEmpty && isMapping(raw.resources) && source.findings.length === 0) {
    problems.add({
      severity: 'error',
      code: 'no-resources',
      path: ['resources'],
      at: 'key',
      message: 'The config has no resources; CloudFormation makes no empty stack.',
    });
  }
}

/** Resolves what CloudFormation has to resolve, as far as the resources it is about hold. */
function settle(raw: Raw, config: Config, broken: BrokenParts, problems: ProblemList): void {
  const names = namesOf(config);
  const byName = new Map(config.resources.map((resource) => [resource.name, resource]));
  const rawResources = isMapping(config.cloudformationResources) ? config.cloudformationResources : {};
  const contextAt = (path: ConfigPath): RuntimeContext => ({
    region: config.region,
    resourceNames: [...byName.keys()],
    isRawResource: (logicalId) => Object.hasOwn(rawResources, logicalId),
    refer: (logicalId, attribute) => config.cloudformationReferences.push({ path, logicalId, attribute }),
    params(name) {
      const resource = byName.get(name);
      if (broken.isBroken(name)) return 'broken';
      if (!resource) return 'missing';
      // Functions are told of each other by name: through Fn::GetAtt two of them would wait for each other.
      const form = path[0] === 'resources' ? 'literal' : 'reference';
      return resourceDescriptor(resource.type)?.params(resource, names, form) ?? 'broken';
    },
  });
  const holder = { raw };
  for (const finding of settleRuntimeDirectives(holder, 'raw', [], contextAt)) problems.add(finding);
}

/** The config as far as it is well formed; whoever uses it knows which resources are broken. */
function configOf(raw: Raw, options: MappingOptions): Config {
  const stackConfig = isMapping(raw.stackConfig) ? raw.stackConfig : {};
  const directory = dirname(options.file);
  const written = typeof raw.serviceName === 'string' ? raw.serviceName : undefined;
  return {
    serviceName: written ?? options.serviceName ?? serviceNameFor(directory),
    stage: options.stage,
    region: options.region,
    directory,
    resources: resourcesOf(raw.resources),
    cloudformationResources: (isMapping(raw.cloudformationResources)
      ? raw.cloudformationResources
      : {}) as Config['cloudformationResources'],
    outputs: mappingsOf(stackConfig.outputs) as Config['outputs'],
    tags: mappingsOf(stackConfig.tags) as Config['tags'],
    cloudformationReferences: [],
    sections: sectionsOf(raw),
    globalAlarms: options.globalAlarms,
    ...vpcSettings(stackConfig.vpc),
  };
}

function resourcesOf(raw: unknown): ConfigResource[] {
  if (!isMapping(raw)) return [];
  return Object.entries(raw)
    .filter((entry): entry is [string, Raw] => isMapping(entry[1]) && typeof entry[1].type === 'string')
    .map(([name, { type, properties, overrides }]) => ({
      name,
      type: String(type),
      properties: isMapping(properties) ? properties : {},
      ...(isMapping(overrides) ? { overrides: overrides as Record<string, Record<string, Value>> } : {}),
    }));
}

function typesOf(raw: unknown): ResourceTypes {
  return new Map(resourcesOf(raw).map(({ name, type }) => [name, type]));
}

/** A folder's name as a service name: `my_app (2)` is `my-app-2`. */
export function serviceNameFor(directory: string): string {
  const name = basename(directory)
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 100)
    .replace(/-+$/, '');
  return name === '' ? 'service' : name;
}

function notAMapping(source: YamlSource) {
  const isEmpty = source.value === null || source.value === undefined;
  const first = Math.max(0, source.text.search(/\S/));
  const lineEnd = source.text.indexOf('\n', first);
  return {
    code: isEmpty ? 'empty-config' : 'not-a-mapping',
    message: isEmpty
      ? 'The config is empty.'
      : `The config has to be a mapping, not ${Array.isArray(source.value) ? 'a list' : 'a single value'}.`,
    expected: 'a mapping with "resources"',
    start: isEmpty ? 0 : first,
    end: isEmpty ? 0 : lineEnd < 0 ? source.text.length : lineEnd,
  };
}

/** The entries of a list that have a shape; the others have errors already. */
const mappingsOf = (list: unknown): Raw[] => (Array.isArray(list) ? list.filter(isMapping) : []);
