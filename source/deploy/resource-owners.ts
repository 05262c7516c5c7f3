import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { Template, TemplateResource } from '../model/template.ts';
import { isNoSuchStack } from './stack-status.ts';

/** What can be known of a template's resources, whoever wrote it. */
export type ReadTemplate = {
  template: Template | undefined;
  resources: Record<string, TemplateResource>;
  /** The config's resource that a template resource belongs to, from its metadata. */
  ownerOf(logicalId: string): string | undefined;
};

export function readTemplate(template: Template | undefined): ReadTemplate {
  const resources = template?.Resources ?? {};
  return {
    template,
    resources,
    ownerOf: (logicalId) => resources[logicalId]?.Metadata?.['stp:resource'],
  };
}

/**
 * The template that a stack has now. Ours are JSON; of a template in YAML, which somebody else wrote, nothing is
 * read, and its resources belong to no resource of a config.
 */
export async function deployedTemplate(
  cloudFormation: CloudFormation,
  stackNameOrId: string,
): Promise<ReadTemplate> {
  try {
    const { TemplateBody } = await cloudFormation.getTemplate({
      StackName: stackNameOrId,
      TemplateStage: 'Original',
    });
    const parsed: unknown = TemplateBody?.trimStart().startsWith('{') ? JSON.parse(TemplateBody) : undefined;
    return readTemplate(parsed as Template | undefined);
  } catch (error) {
    if (error instanceof SyntaxError || isNoSuchStack(error)) return readTemplate(undefined);
    throw error;
  }
}
