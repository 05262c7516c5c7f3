import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../../source/aws/target.ts';
import type { DeployEvent, Question } from '../../source/deploy/deploy-event.ts';
import type { DeployInput } from '../../source/deploy/deploy-stack.ts';
import type { DeployState } from '../../source/deploy/deploy-state.ts';
import type { DeployControl } from '../../source/deploy/operation.ts';
import { initialDeployState, reduceDeploy } from '../../source/deploy/reduce-deploy.ts';
import type { StackInput } from '../../source/deploy/stack-input.ts';
import type { Config } from '../../source/model/config.ts';
import type { Template, TemplateResource } from '../../source/model/template.ts';
import type { TestAws } from '../local/start-test-aws.ts';

export const targetOf = (aws: TestAws): Target => ({
  kind: 'local',
  region: aws.server.region,
  endpoint: aws.server.endpoint,
  credentials: { accessKeyId: aws.server.accessKeyId, secretAccessKey: aws.server.secretAccessKey },
});

/** A config with the owners that the template's metadata names. */
export const configOf = (serviceName: string, template: Template): Config => ({
  serviceName,
  stage: 'test',
  region: 'us-east-1',
  directory: '/project',
  resources: [
    ...new Set(Object.values(template.Resources).flatMap((one) => one.Metadata?.['stp:resource'] ?? [])),
  ].map((name) => ({ name, type: 'dynamo-db-table', properties: {} })),
  cloudformationResources: {},
  cloudformationReferences: [],
  outputs: [],
  tags: [],
});

export const templateOf = (
  resources: Record<string, TemplateResource>,
  more: Partial<Template> = {},
): Template => ({ AWSTemplateFormatVersion: '2010-09-09', ...more, Resources: resources });

export function table(
  owner: string,
  properties: Record<string, string> = {},
  more: Partial<TemplateResource> = {},
): TemplateResource {
  return {
    Type: 'AWS::DynamoDB::Table',
    Metadata: { 'stp:resource': owner },
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...properties,
    },
    ...more,
  };
}

/** Every location is the line after its depth, so that a test sees which path was asked for. */
export const inputOf = (
  aws: TestAws,
  serviceName: string,
  template: Template,
  more: Partial<DeployInput> = {},
): DeployInput => ({
  config: configOf(serviceName, template),
  template,
  artifacts: [],
  tags: [{ Key: 'stp:project-name', Value: serviceName }],
  target: targetOf(aws),
  programVersion: '0.0.0-test',
  package: async () => [],
  locate: (path) => ({ file: 'stacktape.yml', line: path.length, column: 1, endLine: 9, endColumn: 1 }),
  ...more,
});

export const stackInputOf = (aws: TestAws, serviceName: string): StackInput => ({
  serviceName,
  stage: 'test',
  stackName: `${serviceName}-test`,
  target: targetOf(aws),
  programVersion: '0.0.0-test',
});

export type Steering = {
  answer?: boolean | ((question: Question) => boolean);
  /** Called with each event as it is read. */
  on?(event: DeployEvent, steer: { cancel(): void; detach(): void }): void;
  historyDirectory?: string;
};

/** Runs an operation to its end; everything that it said. */
export async function runToEnd(
  start: (control: DeployControl) => AsyncIterable<DeployEvent>,
  steering: Steering = {},
): Promise<{ events: DeployEvent[]; state: DeployState; questions: Question[]; historyDirectory: string }> {
  const cancel = new AbortController();
  const detach = new AbortController();
  const questions: Question[] = [];
  const historyDirectory =
    steering.historyDirectory ?? join(mkdtempSync(join(tmpdir(), 'stp-record-')), 'history');
  const control: DeployControl = {
    confirm: async (question) => {
      questions.push(question);
      const { answer = true } = steering;
      return typeof answer === 'function' ? answer(question) : answer;
    },
    cancel: cancel.signal,
    detach: detach.signal,
    now: Date.now,
    historyDirectory,
    pollInterval: 25,
  };
  const events: DeployEvent[] = [];
  let state = initialDeployState;
  for await (const event of start(control)) {
    events.push(event);
    state = reduceDeploy(state, event);
    steering.on?.(event, { cancel: () => cancel.abort(), detach: () => detach.abort() });
  }
  return { events, state, questions, historyDirectory };
}

/** `Table CREATE_IN_PROGRESS` for each stack event, in order. */
export const stackEventsOf = (events: readonly DeployEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'stack-event' ? [`${event.logicalId} ${event.status}`] : []));

export const noticesOf = (events: readonly DeployEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
