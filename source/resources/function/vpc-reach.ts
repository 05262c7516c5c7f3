import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { connectionMacroNames } from '../connection-macros.ts';
import type { PrivateServiceProperties } from '../private-service/private-service.ts';
import { accessibilityOf, type DatabaseProperties } from '../relational-database/properties.ts';

/** Resource types that only the VPC reaches, whatever they say. */
const insideVpc = ['redis-cluster', 'private-service'];

type Connected = { connectTo?: string[]; joinDefaultVpc?: boolean };

/** What only the VPC reaches cannot be connected to a function outside of it (spec 9). */
export function* checkReach(
  { connectTo, joinDefaultVpc }: Connected,
  context: CheckContext,
): Iterable<LocalFinding> {
  if (!Array.isArray(connectTo)) return;
  if (joinDefaultVpc) {
    yield* checkNames(connectTo, context);
    yield* checkLists(connectTo, context);
    yield* checkInternet(connectTo, context);
    return;
  }
  for (const [index, target] of connectTo.entries()) {
    const mode = reachOf(target, context);
    if (mode === undefined || mode === 'internet') continue;
    const path = ['connectTo', index];
    if (mode === 'whitelisted-ips-only') {
      yield {
        severity: 'warning',
        code: 'address-unknown',
        path,
        message: `${target} takes connections from addresses that it knows, and a function outside of the VPC has none that stays.`,
        suggestion: `Set accessibilityMode: vpc on ${target}, and joinDefaultVpc: true here.`,
      };
      continue;
    }
    yield {
      code: 'outside-vpc',
      path,
      message: `A function cannot connect to ${target}, which only the VPC reaches, unless it is in the VPC.`,
      suggestion: 'Set joinDefaultVpc: true; the function loses its way to the internet then.',
    };
  }
}

/** The names of service-connect are known inside the containers of the stack and nowhere else. */
function* checkNames(connectTo: readonly string[], context: CheckContext): Iterable<LocalFinding> {
  for (const [index, target] of connectTo.entries()) {
    const service = context.resource<Partial<PrivateServiceProperties>>(target, 'private-service');
    if (!service || service.properties.loadBalancing?.type === 'application-load-balancer') continue;
    yield {
      severity: 'warning',
      code: 'address-unknown',
      path: ['connectTo', index],
      message: `The address of ${target} is known to other containers only, and a function cannot find it.`,
      suggestion: `Set loadBalancing: { type: application-load-balancer } on ${target}.`,
    };
  }
}

/** Resource types that are reached over the internet, to which a function in the VPC has no way (spec 9). */
const overInternet = [
  'batch-job',
  'event-bus',
  'function',
  'mongo-db-atlas-cluster',
  'sns-topic',
  'sqs-queue',
  'upstash-kafka-topic',
  'upstash-redis',
  'user-auth-pool',
];

function* checkInternet(connectTo: readonly string[], context: CheckContext): Iterable<LocalFinding> {
  const outside = connectTo.filter(
    (target) =>
      connectionMacroNames.includes(target) || overInternet.some((type) => context.resource(target, type)),
  );
  if (outside.length === 0) return;
  // Somebody else's VPC may have NAT gateways, and endpoints of the user's own lead to services of AWS.
  const { reuseVpc, cloudformationResources } = context.config;
  const endpoint = 'AWS::EC2::VPCEndpoint';
  if (reuseVpc || Object.values(cloudformationResources).some(({ Type }) => Type === endpoint)) return;
  yield {
    severity: 'warning',
    code: 'no-internet',
    path: ['joinDefaultVpc'],
    at: 'key',
    message: `A function in the VPC has no way to the internet, over which ${outside.join(', ')} ${outside.length === 1 ? 'is' : 'are'} reached.`,
    suggestion: 'Give that work to a function outside of the VPC, or add an AWS::EC2::VPCEndpoint.',
  };
}

/** Addresses that no internet has: a list with some of them may be meant for the VPC. */
const privateAddress = /^(?:10|172\.(?:1[6-9]|2[0-9]|3[01])|192\.168)\./;

/** A database that lets in a list of addresses lets nobody else in, also not from the VPC. */
function* checkLists(connectTo: readonly string[], context: CheckContext): Iterable<LocalFinding> {
  for (const [index, target] of connectTo.entries()) {
    const database = context.resource<DatabaseProperties>(target, 'relational-database');
    if (!database || accessibilityOf(database.properties) !== 'whitelisted-ips-only') continue;
    const listed: readonly unknown[] = database.properties.accessibility?.whitelistedIps ?? [];
    if (listed.some((address) => typeof address === 'string' && privateAddress.test(address))) continue;
    yield {
      severity: 'warning',
      code: 'address-unknown',
      path: ['connectTo', index],
      message: `${target} takes connections from addresses that it knows, and those of the VPC are not among them.`,
      suggestion: `Set accessibilityMode: vpc on ${target}; its "whitelistedIps" may connect then too.`,
    };
  }
}

function reachOf(target: string, context: CheckContext): string | undefined {
  if (insideVpc.some((type) => context.resource(target, type))) return 'vpc';
  const database = context.resource<DatabaseProperties>(target, 'relational-database');
  return database && accessibilityOf(database.properties);
}
