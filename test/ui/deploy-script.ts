import type { DeployEvent, DeployEventBody, FailureCause } from '../../source/deploy/deploy-event.ts';
import type { ManualClock } from './manual-clock.ts';

const stackName = 'blog-dev';
export const stackId = `arn:aws:cloudformation:us-east-1:000000000000:stack/${stackName}/1`;

export const planned = [
  ['gateway', 'GatewayApi', 'AWS::ApiGatewayV2::Api'],
  ['gateway', 'GatewayStage', 'AWS::ApiGatewayV2::Stage'],
  ['posts', 'PostsTable', 'AWS::DynamoDB::Table'],
  ['getPosts', 'GetPostsRole', 'AWS::IAM::Role'],
  ['getPosts', 'GetPostsFunction', 'AWS::Lambda::Function'],
] as const;

export const cause: FailureCause = {
  message: 'The role defined for the function cannot be assumed by Lambda.',
  logicalId: 'GetPostsFunction',
  resourceType: 'AWS::Lambda::Function',
  resource: 'getPosts',
  path: ['resources', 'getPosts'],
  source: { file: 'stacktape.yml', line: 12, column: 5, endLine: 12, endColumn: 13 },
  hint: 'Deploy again: IAM needs a moment after a role is made.',
};

/** Events as a deployment sends them, stamped by the clock of the test. */
export class DeployScript {
  readonly #clock: ManualClock;
  readonly #apply: (event: DeployEvent) => void;
  #count = 0;

  constructor(clock: ManualClock, apply: (event: DeployEvent) => void) {
    this.#clock = clock;
    this.#apply = apply;
  }

  send(body: DeployEventBody): void {
    this.#apply({ at: this.#clock.iso(), ...body } as DeployEvent);
  }

  start(): void {
    this.send({
      type: 'started',
      operation: 'deploy',
      id: '20261124T131000Z-0001',
      serviceName: 'blog',
      stage: 'dev',
      stackName,
      region: 'us-east-1',
      target: { kind: 'local', endpoint: 'http://127.0.0.1:4510' },
      programVersion: '0.1.0',
      resources: [
        { name: 'gateway', type: 'http-api-gateway' },
        { name: 'posts', type: 'dynamo-db-table' },
        { name: 'getPosts', type: 'function' },
      ],
    });
    this.send({ type: 'phase', phase: 'check', status: 'running' });
    this.#clock.advance(200);
    this.send({ type: 'phase', phase: 'check', status: 'done' });
  }

  package(): void {
    this.send({ type: 'phase', phase: 'package', status: 'running', message: 'bundling 1 function' });
    this.send({ type: 'artifact', function: 'getPosts', status: 'building' });
    this.#clock.advance(800);
    const built = { bytes: 4_200, zippedBytes: 1_900, digest: 'ab12', milliseconds: 85 };
    this.send({ type: 'artifact', function: 'getPosts', status: 'built', ...built });
    this.send({ type: 'phase', phase: 'package', status: 'done' });
    this.send({ type: 'phase', phase: 'upload', status: 'running' });
    this.send({ type: 'upload', name: 'getPosts', status: 'sent', key: 'ab12.zip', bytes: 1_900 });
    this.send({ type: 'phase', phase: 'upload', status: 'done' });
  }

  plan(): void {
    this.send({ type: 'phase', phase: 'review', status: 'running' });
    this.send({
      type: 'plan',
      action: 'create',
      stackId,
      stackName,
      changes: planned.map(([resource, logicalId, resourceType]) => ({
        action: 'add',
        resource,
        logicalId,
        resourceType,
        losesData: false,
      })),
    });
  }

  execute(): void {
    this.send({ type: 'phase', phase: 'review', status: 'done' });
    this.send({ type: 'phase', phase: 'execute', status: 'running' });
    this.stack('CREATE_IN_PROGRESS', 'User Initiated');
  }

  stack(status: string, reason?: string): void {
    this.#event(stackName, 'AWS::CloudFormation::Stack', status, { physicalId: stackId, reason });
  }

  resource(logicalId: string, status: string, reason?: string): void {
    const found = planned.find(([, id]) => id === logicalId);
    const [resource, , type] = found ?? [undefined, logicalId, 'AWS::Unknown::Thing'];
    this.#event(logicalId, type, status, { resource, reason, physicalId: `id-of-${logicalId}` });
  }

  succeed(): void {
    const outputs = { GatewayUrl: 'http://127.0.0.1:4511', TableName: 'blog-dev-posts' };
    this.stack('CREATE_COMPLETE');
    this.send({ type: 'phase', phase: 'execute', status: 'done' });
    this.send({ type: 'phase', phase: 'finish', status: 'running' });
    this.send({ type: 'phase', phase: 'finish', status: 'done' });
    this.send({
      type: 'outputs',
      outputs,
      links: [{ title: 'GET /posts', url: 'http://127.0.0.1:4511/posts' }],
    });
    this.send({ type: 'result', status: 'succeeded', outputs, milliseconds: 12_345 });
  }

  #event(
    logicalId: string,
    resourceType: string,
    status: string,
    more: { physicalId?: string; reason?: string | undefined; resource?: string | undefined },
  ): void {
    const { physicalId, reason, resource } = more;
    this.#count += 1;
    this.send({
      type: 'stack-event',
      eventId: String(this.#count),
      stackId,
      stackName,
      logicalId,
      resourceType,
      status,
      timestamp: this.#clock.iso(),
      ...(physicalId !== undefined && { physicalId }),
      ...(reason !== undefined && { reason }),
      ...(resource !== undefined && { resource }),
    });
  }
}
