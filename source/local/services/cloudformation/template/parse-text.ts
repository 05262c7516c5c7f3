import {
  type CollectionTag,
  isMap,
  isSeq,
  parseDocument,
  type ScalarTag,
  type Tags,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { validationError } from '../errors.ts';
import { isObject } from './template.ts';

/** Short forms of intrinsic functions, `!Sub` for `Fn::Sub`. */
const shortForms = [
  'Ref',
  'Condition',
  'GetAtt',
  'Sub',
  'Join',
  'Select',
  'Split',
  'If',
  'Equals',
  'And',
  'Or',
  'Not',
  'FindInMap',
  'Base64',
  'GetAZs',
  'ImportValue',
  'Length',
  'ToJsonString',
  'Cidr',
] as const;

const longForm = (short: string): string =>
  short === 'Ref' || short === 'Condition' ? short : `Fn::${short}`;

const customTags: Tags = shortForms.flatMap((short): (ScalarTag | CollectionTag)[] => {
  const tag = `!${short}`;
  const wrap = (value: unknown): unknown => ({ [longForm(short)]: value });
  const scalar: ScalarTag = {
    tag,
    resolve: (text) => wrap(short === 'GetAtt' ? splitAttribute(text) : text),
  };
  const collection = (kind: 'map' | 'seq'): CollectionTag => ({
    tag,
    collection: kind,
    resolve: (node: YAMLMap | YAMLSeq) => {
      // The tag is on the node itself; without it the node is a plain collection that can be put under the key.
      delete node.tag;
      return wrapNode(longForm(short), node);
    },
  });
  return [scalar, collection('seq'), collection('map')];
});

const splitAttribute = (text: string): string[] => {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
};

/** A node whose JSON form is `{key: node}`; yaml asks a node for its value through `toJSON`. */
function wrapNode(key: string, node: YAMLMap | YAMLSeq): YAMLMap | YAMLSeq {
  const toJSON = node.toJSON.bind(node);
  node.toJSON = (...args: Parameters<typeof toJSON>) => ({ [key]: toJSON(...args) });
  return node;
}

/**
 * Reads JSON or YAML with the short forms of intrinsic functions.
 * @throws ServiceError `ValidationError` in CloudFormation's words.
 */
export function parseTemplateText(text: string): Record<string, unknown> {
  const value = text.trimStart().startsWith('{') ? parseJson(text) : parseYaml(text);
  if (!isObject(value)) throw validationError('Template format error: unsupported structure.');
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A flow mapping of YAML begins with a brace, too, and CloudFormation takes it.
    const document = parseDocument(text, { customTags, version: '1.1' });
    const [error] = document.errors;
    if (error === undefined) return document.toJS();
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw validationError(`Template format error: JSON not well-formed. (line ${line}, column ${col})`);
  }
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text, { customTags, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw validationError(`Template format error: YAML not well-formed. (line ${line}, column ${col})`);
  }
  if (!isMap(document.contents) && !isSeq(document.contents)) return undefined;
  return document.toJS();
}
