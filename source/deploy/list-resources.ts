import type { CloudFormation, StackResourceSummary } from '@aws-sdk/client-cloudformation';

/** What is there of a stack, without what is gone already. */
export async function listResources(
  cloudFormation: CloudFormation,
  stackId: string,
): Promise<StackResourceSummary[]> {
  const resources: StackResourceSummary[] = [];
  let token: string | undefined;
  do {
    const page = await cloudFormation.listStackResources({
      StackName: stackId,
      ...(token !== undefined && { NextToken: token }),
    });
    resources.push(...(page.StackResourceSummaries ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return resources.filter((one) => one.ResourceStatus !== 'DELETE_COMPLETE');
}
