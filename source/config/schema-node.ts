import type { SchemaKeywords } from '../model/descriptor.ts';

/** The keywords of JSON Schema, and ours, that the descriptors' schemas use. */
export type SchemaNode = SchemaKeywords & {
  title?: string;
  description?: string;
  default?: unknown;
  examples?: readonly unknown[];
  type?: string | readonly string[];
  properties?: Readonly<Record<string, SchemaNode>>;
  required?: readonly string[];
  additionalProperties?: boolean | SchemaNode;
  items?: SchemaNode;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly SchemaNode[];
  discriminator?: { propertyName: string };
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  'stp:laterTypes'?: readonly string[];
  /** What to do where one of those stands. */
  'stp:laterHint'?: string;
  'stp:noun'?: string;
};
