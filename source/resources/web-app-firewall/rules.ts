import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import type { Value } from '../../model/intrinsic.ts';
import { closedObject, oneOf, staticText, variants } from '../schema.ts';

/** What CloudWatch and the console get of a rule or a whole firewall. */
export const watching = {
  disableMetrics: Type.Optional(
    Type.Boolean({ description: 'Whether CloudWatch gets no metrics of it.', default: false }),
  ),
  sampledRequestsEnabled: Type.Optional(
    Type.Boolean({ description: 'Keeps samples of the requests that fit.', default: false }),
  ),
};

const everyRule = {
  name: Type.String({
    'stp:static': true,
    title: 'Name',
    description: 'Of the rule; of a managed group, its own name.',
    examples: ['AWSManagedRulesSQLiRuleSet'],
    pattern: '^[\\w-]+$',
    'stp:format': 'letters, digits, hyphens and underscores',
    maxLength: 128,
  }),
  priority: Type.Integer({
    'stp:static': true,
    title: 'Priority',
    description: 'Rules are tried in this order; each has its own.',
    minimum: 0,
  }),
  ...watching,
};

const overrideAction = Type.Optional(
  oneOf(['None', 'Count'], {
    title: 'Override',
    description: '`Count` only counts what the group would do.',
    default: 'None',
  }),
);

export const ruleSchema = variants(
  {
    'managed-rule-group': {
      title: 'Managed rules',
      description: 'Rules that AWS or another vendor keeps.',
      schema: closedObject({
        ...everyRule,
        vendorName: staticText({ title: 'Vendor', description: 'Who keeps the rules.', examples: ['AWS'] }),
        excludedRules: Type.Optional(
          Type.Array(Type.String({ minLength: 1 }), {
            description: 'Rules of the group that only count.',
            maxItems: 100,
          }),
        ),
        overrideAction,
      }),
    },
    'custom-rule-group': {
      title: 'Rules of your own',
      description: 'A rule group of the account.',
      schema: closedObject({
        ...everyRule,
        arn: Type.String({ title: 'ARN', description: 'Of the rule group.', minLength: 1 }),
        overrideAction,
      }),
    },
    'rate-based-rule': {
      title: 'Rate',
      description: 'Acts on addresses that send too many requests.',
      schema: closedObject({
        ...everyRule,
        limit: Type.Integer({
          title: 'Limit',
          description: 'Requests of one address in five minutes.',
          minimum: 10,
          maximum: 2_000_000_000,
        }),
        aggregateBasedOn: Type.Optional(
          oneOf(['IP', 'FORWARDED_IP'], {
            description: 'Whether it is the address of the client or one in a header.',
            default: 'IP',
          }),
        ),
        forwardedIPConfig: Type.Optional(
          closedObject(
            {
              headerName: Type.String({ description: 'Header with the address.', minLength: 1 }),
              fallbackBehavior: oneOf(['MATCH', 'NO_MATCH'], {
                description: 'What a request without it counts as.',
              }),
            },
            { description: 'Where the address is. Default: X-Forwarded-For, NO_MATCH.' },
          ),
        ),
        action: Type.Optional(
          oneOf(['Allow', 'Block', 'Count', 'Captcha', 'Challenge'], {
            title: 'Action',
            description: 'What becomes of the requests.',
            default: 'Block',
          }),
        ),
      }),
    },
  },
  { noun: 'rule type' },
);

type Rule = Type.Static<typeof ruleSchema>;

export const defaultRules: readonly Rule[] = [
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
].map((name, priority) => ({
  type: 'managed-rule-group',
  properties: { name, priority, vendorName: 'AWS' },
}));

export function* checkRules(rules: readonly Rule[]): Iterable<LocalFinding> {
  for (const key of ['priority', 'name'] as const) {
    const taken = new Set<string | number>();
    for (const [index, { properties }] of rules.entries()) {
      const value = properties[key];
      if (taken.has(value)) {
        yield {
          code: 'duplicate-rule',
          path: ['rules', index, 'properties', key],
          message: `Another rule has the ${key} ${value} already.`,
          suggestion: `Give each rule a ${key} of its own.`,
        };
      }
      taken.add(value);
    }
  }
}

export const visibility = (
  name: string,
  {
    disableMetrics = false,
    sampledRequestsEnabled = false,
  }: { disableMetrics?: boolean; sampledRequestsEnabled?: boolean },
): Value => ({
  CloudWatchMetricsEnabled: !disableMetrics,
  MetricName: name,
  SampledRequestsEnabled: sampledRequestsEnabled,
});

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-wafv2-webacl-rule.html */
export function ruleOf(rule: Rule): Value {
  const { name, priority } = rule.properties;
  const common = { Name: name, Priority: priority, VisibilityConfig: visibility(name, rule.properties) };
  switch (rule.type) {
    case 'managed-rule-group': {
      const { vendorName, excludedRules, overrideAction = 'None' } = rule.properties;
      return {
        ...common,
        OverrideAction: { [overrideAction]: {} },
        Statement: {
          ManagedRuleGroupStatement: {
            VendorName: vendorName,
            Name: name,
            RuleActionOverrides: excludedRules?.map((Name) => ({ Name, ActionToUse: { Count: {} } })),
          },
        },
      };
    }
    case 'custom-rule-group': {
      const { arn, overrideAction = 'None' } = rule.properties;
      return {
        ...common,
        OverrideAction: { [overrideAction]: {} },
        Statement: { RuleGroupReferenceStatement: { Arn: arn } },
      };
    }
    case 'rate-based-rule': {
      const { limit, aggregateBasedOn = 'IP', forwardedIPConfig, action = 'Block' } = rule.properties;
      const forwarded = forwardedIPConfig ?? { headerName: 'X-Forwarded-For', fallbackBehavior: 'NO_MATCH' };
      return {
        ...common,
        Action: { [action]: {} },
        Statement: {
          RateBasedStatement: {
            Limit: limit,
            AggregateKeyType: aggregateBasedOn,
            ForwardedIPConfig:
              aggregateBasedOn === 'FORWARDED_IP'
                ? { HeaderName: forwarded.headerName, FallbackBehavior: forwarded.fallbackBehavior }
                : undefined,
          },
        },
      };
    }
  }
}
