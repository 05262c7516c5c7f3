import type { StackBuilder } from '../model/stack-builder.ts';

/**
 * `budgetControl` (spec 1): what the stack may cost, told apart by its tag, which has to be active as a cost allocation
 * tag of the account. CloudFormation names the budget, since whoever is told anew has it replaced.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-budgets-budget.html
 */
export function addBudget(stack: StackBuilder): void {
  const control = stack.config.sections?.budgetControl;
  if (!control) return;
  const { limit, notifications = [] } = control;
  stack.addShared(stack.names.logicalId(undefined, 'AWS::Budgets::Budget'), () => ({
    Type: 'AWS::Budgets::Budget',
    Properties: {
      Budget: {
        BudgetType: 'COST',
        TimeUnit: 'MONTHLY',
        BudgetLimit: { Amount: limit, Unit: 'USD' },
        CostFilters: { TagKeyValue: [`user:stp:stack-name$${stack.names.stackName}`] },
      },
      NotificationsWithSubscribers:
        notifications.length === 0
          ? undefined
          : notifications.map(({ budgetType = 'ACTUAL', thresholdPercentage = 100, emails }) => ({
              Notification: {
                NotificationType: budgetType,
                ComparisonOperator: 'GREATER_THAN',
                Threshold: thresholdPercentage,
                ThresholdType: 'PERCENTAGE',
              },
              Subscribers: emails.map((Address) => ({ SubscriptionType: 'EMAIL', Address })),
            })),
    },
  }));
}
