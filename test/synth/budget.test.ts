import { expect, test } from 'vitest';
import { checkTemplate } from './check-template.ts';
import { property, synthesize } from './synthesize.ts';

const bucket = 'resources: { files: { type: bucket } }\n';

test('a budget is of what the stack costs, and tells who is named', () => {
  const stack = synthesize(`${bucket}budgetControl:
  limit: 20.5
  notifications:
    - emails: [a@example.com, b@example.com]
    - { budgetType: FORECASTED, thresholdPercentage: 80, emails: [c@example.com] }
`);
  expect(checkTemplate(stack.template)).toEqual([]);
  expect(property(stack, 'StpBudget', 'Budget')).toEqual({
    BudgetType: 'COST',
    TimeUnit: 'MONTHLY',
    BudgetLimit: { Amount: 20.5, Unit: 'USD' },
    CostFilters: { TagKeyValue: ['user:stp:stack-name$project-dev'] },
  });
  const notification = (NotificationType: string, Threshold: number) => ({
    NotificationType,
    ComparisonOperator: 'GREATER_THAN',
    Threshold,
    ThresholdType: 'PERCENTAGE',
  });
  const email = (Address: string) => ({ SubscriptionType: 'EMAIL', Address });
  expect(property(stack, 'StpBudget', 'NotificationsWithSubscribers')).toEqual([
    {
      Notification: notification('ACTUAL', 100),
      Subscribers: [email('a@example.com'), email('b@example.com')],
    },
    { Notification: notification('FORECASTED', 80), Subscribers: [email('c@example.com')] },
  ]);
});

test('without anybody to tell, a budget is only looked at', () => {
  const stack = synthesize(`${bucket}budgetControl: { limit: 5 }\n`);
  expect(property(stack, 'StpBudget', 'NotificationsWithSubscribers')).toBeUndefined();
  expect(synthesize(bucket).template.Resources.StpBudget).toBeUndefined();
});
