import * as Type from 'typebox';
import { defineEvent, type EventUse } from '../../../model/descriptor.ts';
import { ref, sub } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { checkListenerPort } from '../../load-balancer/check-listeners.ts';
import { listenerId, listenerOf, type WithListeners } from '../../load-balancer/listeners.ts';
import { closedObject, staticText } from '../../schema.ts';
import { checkConditions, conditionProperties, conditionsOf } from './load-balancer-conditions.ts';

const schema = closedObject({
  loadBalancerName: staticText({
    title: 'Load balancer',
    description: 'Name of an application-load-balancer of this config.',
    'stp:resource': ['application-load-balancer'],
  }),
  listenerPort: Type.Optional(
    Type.Integer({
      'stp:static': true,
      title: 'Port of the listener',
      description:
        'Where the load balancer has listeners of its own; else it is the first one that it is given.',
      minimum: 1,
      maximum: 65_535,
    }),
  ),
  priority: Type.Integer({
    'stp:static': true,
    title: 'Priority',
    description: 'Rules are tried in this order; each one of a listener has its own.',
    minimum: 1,
    maximum: 50_000,
  }),
  ...conditionProperties,
});

type Properties = Type.Static<typeof schema>;
type Use = EventUse<Properties>;

/** Spec 6.12. */
export const applicationLoadBalancerEvent = defineEvent({
  type: 'application-load-balancer',
  title: 'Application Load Balancer',
  description: 'A request to a load balancer that fits all conditions.',
  schema,

  *check({ properties }, _owner, context) {
    yield* checkConditions(properties);
    const { loadBalancerName, listenerPort } = properties;
    const balancer = context.resource<WithListeners>(loadBalancerName, 'application-load-balancer');
    if (balancer) yield* checkListenerPort(balancer, listenerPort);
  },

  *checkAll(uses, context) {
    const taken = new Map<string, Use>();
    for (const use of uses) {
      const { loadBalancerName, listenerPort, priority } = use.event.properties;
      const balancer = context.resource<WithListeners>(
        loadBalancerName,
        'application-load-balancer',
      )?.properties;
      if (!balancer) continue;
      const key = `${loadBalancerName} ${listenerOf(balancer, listenerPort).port} ${priority}`;
      const first = taken.get(key);
      if (!first) {
        taken.set(key, use);
        continue;
      }
      const { owner, event } = first;
      yield {
        about: use as EventUse,
        code: 'duplicate-priority',
        path: ['priority'],
        message: `Priority ${priority} of ${loadBalancerName} is taken already by function ${owner.name}.`,
        suggestion: 'Give each rule of a listener a priority of its own.',
        related: [
          {
            path: ['resources', owner.name, 'properties', 'events', event.index, 'properties', 'priority'],
            message: `${priority} is taken here`,
          },
        ],
      };
    }
  },

  synth({ properties }, owner, stack) {
    const { loadBalancerName, listenerPort, priority } = properties;
    const balancer = stack.resource<WithListeners>(loadBalancerName, 'application-load-balancer');
    const { port } = listenerOf(balancer.properties, listenerPort);
    const targetGroup = addTargetGroup(owner.name, loadBalancerName, stack);
    const rule = stack.names.logicalId(loadBalancerName, 'AWS::ElasticLoadBalancingV2::ListenerRule', {
      specifier: `port${port}-priority${priority}`,
    });
    stack.add(owner.name, rule, {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        ListenerArn: ref(listenerId(stack.names, loadBalancerName, port)),
        Priority: priority,
        Conditions: conditionsOf(properties),
        Actions: [{ Type: 'forward', TargetGroupArn: ref(targetGroup) }],
      },
    });
  },

  sample: () => ({
    requestContext: {
      elb: {
        targetGroupArn:
          'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/sample/0123456789abcdef',
      },
    },
    httpMethod: 'GET',
    path: '/posts',
    queryStringParameters: {},
    headers: { accept: 'application/json', host: 'sample.us-east-1.elb.amazonaws.com' },
    body: '',
    isBase64Encoded: false,
  }),
});

/** One target group and one permission for each function and load balancer, however many rules there are. */
function addTargetGroup(owner: string, balancer: string, stack: StackBuilder): string {
  const { names } = stack;
  const name = names.physicalName(`${owner}-${balancer}`, 32);
  const permission = names.logicalId(owner, 'AWS::Lambda::Permission', {
    specifier: `${balancer}-target-group`,
  });
  const id = names.logicalId(owner, 'AWS::ElasticLoadBalancingV2::TargetGroup', { specifier: balancer });
  stack.addOnce(owner, permission, () => ({
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: stack.functionTarget(owner),
      Principal: 'elasticloadbalancing.amazonaws.com',
      // By name: the target group is made after the permission, which registering the function asks for.
      SourceArn: sub(
        `arn:\${AWS::Partition}:elasticloadbalancing:\${AWS::Region}:\${AWS::AccountId}:targetgroup/${name}/*`,
      ),
    },
  }));
  stack.addOnce(owner, id, () => ({
    Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    DependsOn: [permission],
    Properties: { Name: name, TargetType: 'lambda', Targets: [{ Id: stack.functionTarget(owner) }] },
  }));
  return id;
}
