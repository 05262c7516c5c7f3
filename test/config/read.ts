import { type LoadedConfig, type ReadOptions, readConfig } from '../../source/config/read-config.ts';
import { formatProblem } from '../../source/config/render-problem.ts';
import type { Config } from '../../source/model/config.ts';

/** Reads a text as `/project/stacktape.yml`, stage `dev` in `us-east-1`; every entry file is there. */
export const read = (text: string, options: Partial<ReadOptions> = {}): LoadedConfig =>
  readConfig({
    text,
    file: '/project/stacktape.yml',
    stage: 'dev',
    region: 'us-east-1',
    pathKind: () => 'file',
    ...options,
  });

/** The config of a text that has to be right. */
export function readRight(text: string, options: Partial<ReadOptions> = {}): Config {
  const { config, problems } = read(text, options);
  if (!config) throw new Error(problems.map((problem) => problem.message).join('\n'));
  return config;
}

/** All problems as a person sees them, without colour. */
export const report = (text: string, options: Partial<ReadOptions> = {}): string =>
  `\n${read(text, options)
    .problems.map((problem) => formatProblem(problem, { color: false, cwd: '/project' }))
    .join('\n\n')}\n`;

/** `line:column code`, for tests of what is found where. */
export const places = (text: string, options: Partial<ReadOptions> = {}): string[] =>
  read(text, options).problems.map(({ range, code }) => `${range.line}:${range.column} ${code}`);

/** A config with one function whose properties besides `packaging` are given, indented by six spaces. */
export const functionWith = (properties: string): string => `resources:
  api:
    type: http-api-gateway
  posts:
    type: dynamo-db-table
    properties:
      primaryKey: { partitionKey: { name: id, type: string } }
  getPosts:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/get-posts.ts } }
${properties}`;
