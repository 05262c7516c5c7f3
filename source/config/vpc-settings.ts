import * as Type from 'typebox';
import type { Config } from '../model/config.ts';
import type { Finding } from '../model/diagnostic.ts';
import { closedObject, staticText } from '../resources/schema.ts';
import { defaultNatZones } from '../resources/vpc/private-subnets.ts';
import { usesPrivateSubnets } from '../resources/vpc/vpc.ts';

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
    nat: Type.Optional(
      closedObject(
        {
          availabilityZones: Type.Optional(
            Type.Integer({
              'stp:static': true,
              description: 'In how many zones there is a NAT gateway; each costs by the hour.',
              default: defaultNatZones,
              minimum: 1,
              maximum: 3,
            }),
          ),
        },
        {
          title: 'NAT gateways',
          description: 'The way to the internet of what has "usePrivateSubnetsWithNAT".',
        },
      ),
    ),
  },
  { title: 'VPC', description: 'The network of what joins it.' },
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

export function vpcSettings(vpc: unknown): Pick<Config, 'reuseVpc' | 'natZones'> {
  const reused = reusedOf(vpc);
  const zones = natZonesOf(vpc);
  return {
    ...(reused ? { reuseVpc: reused as Reused } : {}),
    ...(zones === undefined ? {} : { natZones: zones }),
  };
}

/** NAT gateways stand in a VPC of the stack's own, for what asks for private subnets. */
export function* checkNat(vpc: unknown, resources: Config['resources']): Iterable<Finding> {
  const asking = resources.find(usesPrivateSubnets);
  if (asking && reusedOf(vpc)) {
    yield {
      severity: 'error',
      code: 'nat-in-reused-vpc',
      path: ['resources', asking.name, 'properties', 'usePrivateSubnetsWithNAT'],
      at: 'key',
      message: 'Private subnets with NAT are not made in a reused VPC.',
      suggestion: 'Name private subnets of that VPC in "subnetIds", and remove this property.',
    };
  }
  if (!asking && natZonesOf(vpc) !== undefined) {
    yield {
      severity: 'warning',
      code: 'unused-nat',
      path: ['stackConfig', 'vpc', 'nat'],
      at: 'key',
      message: 'No NAT gateway is made, since no container asks for private subnets.',
      suggestion: 'Set "usePrivateSubnetsWithNAT: true" for a private service or a batch job.',
    };
  }
}

function natZonesOf(vpc: unknown): number | undefined {
  const zones = (vpc as { nat?: { availabilityZones?: unknown } } | undefined)?.nat?.availabilityZones;
  return typeof zones === 'number' ? zones : undefined;
}

function reusedOf(vpc: unknown): Record<string, unknown> | undefined {
  if (typeof vpc !== 'object' || vpc === null || !('reuseVpc' in vpc)) return undefined;
  return typeof vpc.reuseVpc === 'object' && vpc.reuseVpc !== null
    ? (vpc.reuseVpc as Record<string, unknown>)
    : undefined;
}
