import * as Type from 'typebox';
import { type CheckContext, defineResource, type LocalFinding } from '../../model/descriptor.ts';
import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';
import { closedObject, oneOf, staticText } from '../schema.ts';
import { checkRules, defaultRules, ruleOf, ruleSchema, visibility, watching } from './rules.ts';

const immunity = (what: string, minimum: number) =>
  Type.Optional(
    Type.Integer({
      description: `Seconds that a solved ${what} holds.`,
      default: 300,
      minimum,
      maximum: 259_200,
    }),
  );

const schema = closedObject(
  {
    scope: oneOf(['regional', 'cdn'], {
      title: 'Scope',
      description: 'Whether it is for load balancers or for CDNs.',
    }),
    defaultAction: Type.Optional(
      oneOf(['Allow', 'Block'], {
        description: 'What becomes of requests that no rule fits.',
        default: 'Allow',
      }),
    ),
    rules: Type.Optional(
      Type.Array(ruleSchema, {
        title: 'Rules',
        description:
          'Default: the managed rules AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet.',
      }),
    ),
    captchaImmunityTime: immunity('CAPTCHA', 60),
    challengeImmunityTime: immunity('challenge', 300),
    tokenDomains: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description: 'Domains whose tokens of solved challenges hold here too.',
        minItems: 1,
      }),
    ),
    ...watching,
  },
  // A response of one's own is for rules that name it, and none of these can.
  { 'stp:later': ['customResponseBodies'] },
);

export type FirewallProperties = Type.Static<typeof schema>;

/** A property that names a firewall. */
export const firewallReference = (scope: FirewallProperties['scope']) =>
  staticText({
    title: 'Firewall',
    description: `Name of a web-app-firewall of this config with "scope: ${scope}".`,
    'stp:resource': ['web-app-firewall'],
  });

/** Whether a firewall that is named can be used there. */
export function* checkFirewall(
  name: string | undefined,
  wanted: FirewallProperties['scope'],
  path: readonly (string | number)[],
  context: CheckContext,
): Iterable<LocalFinding> {
  if (name === undefined) return;
  const scope = context.resource<FirewallProperties>(name, 'web-app-firewall')?.properties.scope;
  if (scope === undefined || scope === wanted) return;
  yield {
    code: 'firewall-scope',
    path,
    message: `Firewall ${name} has "scope: ${scope}", and here it has to be ${wanted}.`,
    suggestion: 'Use another firewall: AWS keeps those of CDNs apart from the others.',
  };
}

/** ARN of the web ACL of a firewall. */
export const firewallArn = (names: Names, name: string): Value =>
  getAtt(names.logicalId(name, 'AWS::WAFv2::WebACL'), 'Arn');

/** Stacktape's type for AWS WAF; load balancers and CDNs name it in "useFirewall". */
export const webAppFirewall = defineResource({
  type: 'web-app-firewall',
  title: 'Web application firewall',
  description: 'Looks at HTTP requests before load balancers and CDNs do, and turns attacks away.',
  schema,

  *check({ properties }, { config }) {
    if (properties.scope === 'cdn' && config.region !== 'us-east-1') {
      yield {
        code: 'firewall-region',
        path: ['scope'],
        message: `AWS keeps firewalls for CDNs in us-east-1 alone, and this stack is in ${config.region}.`,
        suggestion: 'Deploy the stack to us-east-1.',
      };
    }
    if (Array.isArray(properties.rules)) yield* checkRules(properties.rules);
  },

  synth({ name, properties }, stack) {
    const { captchaImmunityTime, challengeImmunityTime } = properties;
    stack.add(name, stack.names.logicalId(name, 'AWS::WAFv2::WebACL'), {
      Type: 'AWS::WAFv2::WebACL',
      Properties: {
        Name: stack.names.physicalName(name, 128),
        Scope: properties.scope === 'cdn' ? 'CLOUDFRONT' : 'REGIONAL',
        DefaultAction: { [properties.defaultAction ?? 'Allow']: {} },
        Rules: (properties.rules ?? defaultRules).map(ruleOf),
        CaptchaConfig: immunityTime(captchaImmunityTime),
        ChallengeConfig: immunityTime(challengeImmunityTime),
        TokenDomains: properties.tokenDomains,
        VisibilityConfig: visibility(name, properties),
      },
    });
  },

  params({ name, properties }, names) {
    return { arn: firewallArn(names, name), scope: properties.scope };
  },
});

const immunityTime = (seconds: number | undefined): Value | undefined =>
  seconds === undefined ? undefined : { ImmunityTimeProperty: { ImmunityTime: seconds } };
