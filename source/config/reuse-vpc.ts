import * as Type from 'typebox';
import type { Config } from '../model/config.ts';
import type { Finding } from '../model/diagnostic.ts';
import { closedObject, staticText } from '../resources/schema.ts';

/** `stackConfig.vpc` (spec 9). */
export const vpcSchema = closedObject(
  {
    reuseVpc: Type.Optional(
      closedObject(
        {
          projectName: Type.Optional(staticText({ description: 'Service whose stack has the VPC.' })),
          stage: Type.Optional(staticText({ description: 'Stage of that stack.' })),
          vpcId: Type.Optional(Type.String({ description: 'Id of any other VPC.' })),
          subnetIds: Type.Optional(
            Type.Array(Type.String(), {
              description: 'Its subnets to use, each in a zone of its own.',
              minItems: 2,
            }),
          ),
          cidrBlock: Type.Optional(Type.String({ description: 'Its addresses, such as 10.0.0.0/16.' })),
        },
        { title: 'VPC to reuse', description: 'projectName and stage, or vpcId, subnetIds and cidrBlock.' },
      ),
    ),
  },
  { title: 'VPC', description: 'The network of what joins it.', 'stp:later': ['nat'] },
);

const forms = [
  ['projectName', 'stage'],
  ['vpcId', 'subnetIds', 'cidrBlock'],
] as const;

type Reused = NonNullable<Config['reuseVpc']>;

/** The one of the two forms that is meant has to be whole: synthesis asks AWS nothing. */
export function* checkReusedVpc(vpc: unknown): Iterable<Finding> {
  const reused = reusedOf(vpc);
  if (!reused) return;
  const used = forms.filter((form) => form.some((key) => reused[key] !== undefined));
  const [form] = used;
  const path = ['stackConfig', 'vpc', 'reuseVpc'];
  if (used.length !== 1 || !form) {
    yield {
      severity: 'error',
      code: 'reuse-vpc',
      path,
      at: 'key',
      message: `"reuseVpc" names ${used.length === 0 ? 'no VPC' : 'two VPCs'}.`,
      expected: 'either projectName and stage, or vpcId, subnetIds and cidrBlock',
    };
    return;
  }
  for (const key of form.filter((one) => reused[one] === undefined)) {
    yield {
      severity: 'error',
      code: 'missing-property',
      path,
      at: 'key',
      message: `Property "${key}" is missing in "reuseVpc".`,
      expected: `${form.join(', ')} together`,
    };
  }
}

export function reusedVpc(vpc: unknown): { reuseVpc?: Reused } {
  const reused = reusedOf(vpc);
  return reused ? { reuseVpc: reused as Reused } : {};
}

function reusedOf(vpc: unknown): Record<string, unknown> | undefined {
  if (typeof vpc !== 'object' || vpc === null || !('reuseVpc' in vpc)) return undefined;
  return typeof vpc.reuseVpc === 'object' && vpc.reuseVpc !== null
    ? (vpc.reuseVpc as Record<string, unknown>)
    : undefined;
}
