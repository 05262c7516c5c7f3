import { toAwsError } from '../aws/aws-error.ts';
import { invalidationMark, type Template } from '../model/template.ts';
import { listResources } from './list-resources.ts';
import type { Run } from './operation.ts';

/**
 * Makes the CDNs of the stack forget what they keep, where the config wants it. CloudFront does it within minutes, and
 * nobody waits for that. The deploy itself is no worse where it fails.
 */
export async function invalidateCdns(
  run: Pick<Run, 'id' | 'clients' | 'notice'>,
  template: Template,
  stackId: string,
): Promise<void> {
  const marked = markedOf(template);
  if (marked.length === 0) return;
  try {
    const deployed = await listResources(await run.clients.cloudFormation(), stackId);
    const cloudFront = await run.clients.cloudFront();
    for (const [logicalId, { Metadata }] of marked) {
      const distribution = deployed.find((one) => one.LogicalResourceId === logicalId)?.PhysicalResourceId;
      if (distribution === undefined) continue;
      await cloudFront.createInvalidation({
        DistributionId: distribution,
        // Counted as one path, of which a thousand are free each month.
        InvalidationBatch: { CallerReference: run.id, Paths: { Quantity: 1, Items: ['/*'] } },
      });
      const owner = Metadata?.['stp:resource'] ?? logicalId;
      run.notice('info', `The CDN of ${owner} forgets what it keeps, which takes some minutes.`);
    }
  } catch (error) {
    run.notice('warning', `CDNs may serve what is old: ${toAwsError(error).message}`);
  }
}

/** Whoever does not wait for the end of a deploy hears what is left to do then. */
export function noticeNotInvalidated(run: Pick<Run, 'notice'>, template: Template): void {
  if (markedOf(template).length === 0) return;
  run.notice(
    'info',
    'CDNs keep what they have: they are told to forget it at the end of a deploy that is watched.',
  );
}

const markedOf = ({ Resources }: Template) =>
  Object.entries(Resources).filter(([, { Metadata }]) => Metadata?.[invalidationMark] === true);
