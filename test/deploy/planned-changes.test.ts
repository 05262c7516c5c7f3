import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import { describe, expect, test } from 'vitest';
import { plannedChange, questionAbout } from '../../source/deploy/planned-changes.ts';
import { readTemplate } from '../../source/deploy/resource-owners.ts';
import type { Template, TemplateResource } from '../../source/model/template.ts';

const template = (resources: Record<string, TemplateResource>): Template => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: resources,
});
const table: TemplateResource = { Type: 'AWS::DynamoDB::Table', Metadata: { 'stp:resource': 'posts' } };
const templates = {
  before: readTemplate(template({ Table: table, Kept: { ...table, DeletionPolicy: 'Retain' } })),
  after: readTemplate(template({ Table: table })),
};
const change = (more: Partial<ResourceChange>) =>
  plannedChange({ LogicalResourceId: 'Table', ResourceType: 'AWS::DynamoDB::Table', ...more }, templates);

describe('a planned change', () => {
  test('that replaces a table loses its data and says which property forces it', () => {
    expect(
      change({
        Action: 'Modify',
        Replacement: 'True',
        PhysicalResourceId: 'blog-dev-posts',
        Details: [
          { Target: { Attribute: 'Properties', Name: 'KeySchema', RequiresRecreation: 'Always' } },
          { Target: { Attribute: 'Properties', Name: 'Tags', RequiresRecreation: 'Never' } },
        ],
      }),
    ).toEqual({
      action: 'replace',
      logicalId: 'Table',
      resourceType: 'AWS::DynamoDB::Table',
      physicalId: 'blog-dev-posts',
      resource: 'posts',
      losesData: true,
      reason: 'KeySchema changes',
    });
  });

  test('that may replace is a replacement for what holds data, and a change for the rest', () => {
    const details = { Details: [{ Target: { Name: 'FunctionName' } }] };
    expect(change({ Action: 'Modify', Replacement: 'Conditional', ...details })).toMatchObject({
      action: 'replace',
      losesData: true,
      reason: 'FunctionName changes, which may replace it',
    });
    expect(
      change({ Action: 'Modify', Replacement: 'Conditional', ResourceType: 'AWS::Lambda::Permission' }),
    ).toMatchObject({ action: 'modify', losesData: false });
  });

  test('that removes keeps the data where a policy says so', () => {
    expect(change({ Action: 'Remove' })).toMatchObject({ action: 'remove', losesData: true });
    expect(change({ Action: 'Remove', LogicalResourceId: 'Kept' })).toMatchObject({ losesData: false });
    expect(change({ Action: 'Remove', PolicyAction: 'Retain' })).toMatchObject({ losesData: false });
    expect(change({ Action: 'Remove', ResourceType: 'AWS::Logs::LogGroup' })).toMatchObject({
      losesData: false,
    });
  });
});

describe('what is asked', () => {
  const add = change({ Action: 'Add' });
  const modify = change({ Action: 'Modify', Replacement: 'False' });
  const remove = change({ Action: 'Remove' });

  test('nothing for a create or a plain update', () => {
    expect(questionAbout('create', [remove], 'blog-dev')).toBeUndefined();
    expect(questionAbout('update', [add, modify], 'blog-dev')).toBeUndefined();
  });

  test('a removal with its data, and each wider permission once', () => {
    const widened = { ...modify, permissions: ['api may read every table', 'api may read every table'] };
    expect(questionAbout('update', [remove, widened], 'blog-dev')).toEqual({
      kind: 'apply',
      message: 'Apply these changes to blog-dev?',
      reasons: [
        'removes posts (AWS::DynamoDB::Table), its data is lost',
        'widens permissions: api may read every table',
      ],
      losesData: true,
    });
  });
});
