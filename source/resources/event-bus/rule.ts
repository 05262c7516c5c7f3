import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { substitutionOf, type Value } from '../../model/intrinsic.ts';
import { atMostOne } from '../exactly-one.ts';
import { jsonText } from '../json-text.ts';
import { isMapping } from '../mapping.ts';
import { closedObject, mapOf } from '../schema.ts';

/** What a target of a rule gets instead of the event (spec 6.2, 6.3). */
export const inputProperties = {
  input: Type.Optional(
    Type.Unknown({ title: 'Input', description: 'What is handed over instead of the event: any JSON.' }),
  ),
  inputPath: Type.Optional(
    Type.String({
      title: 'Input path',
      description: 'JSON path of the part of the event that is handed over.',
      examples: ['$.detail'],
      pattern: '^\\$',
      'stp:format': 'a JSON path, which begins with $',
    }),
  ),
  inputTransformer: Type.Optional(
    closedObject(
      {
        inputPathsMap: Type.Optional(
          mapOf(Type.String(), { description: 'Names of values and their JSON paths in the event.' }),
        ),
        inputTemplate: Type.Unknown({ description: 'Text or JSON with the names in angle brackets.' }),
      },
      { title: 'Input transformer', description: 'Makes the input from parts of the event.' },
    ),
  ),
};

type Input = {
  input?: unknown;
  inputPath?: string;
  inputTransformer?: { inputPathsMap?: Record<string, string>; inputTemplate: unknown };
};

export function* checkInput(properties: Input): Iterable<LocalFinding> {
  yield* atMostOne(properties, ['input', 'inputPath', 'inputTransformer']);
}

/** The part of a rule's target that says what it gets. */
export function targetInput({
  input,
  inputPath,
  inputTransformer,
}: Input): Record<string, Value | undefined> {
  return {
    Input: input === undefined ? undefined : jsonInput(input as Value),
    InputPath: inputPath,
    InputTransformer: inputTransformer && {
      InputPathsMap: inputTransformer.inputPathsMap,
      InputTemplate: jsonInput(inputTransformer.inputTemplate as Value, /<[^<>]+>/g),
    },
  };
}

/**
 * EventBridge takes JSON: a text that is JSON already stays as it is, other text becomes a JSON string. `names` fits
 * what stands in a template for a value of the event.
 */
function jsonInput(input: Value, names?: RegExp): Value {
  const text = textOf(input);
  const asJson = text !== undefined && isJson(names ? text.replaceAll(names, '0') : text);
  return asJson ? input : jsonText(input);
}

/** The text of a value, with a number for what only CloudFormation knows; undefined where it is nothing but that. */
function textOf(value: Value): string | undefined {
  if (typeof value === 'string') return value;
  const template = substitutionOf(value)?.template;
  return template !== undefined && /^\s*["{[]/.test(template)
    ? template.replaceAll(/\$\{[^}]*\}/g, '0')
    : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const anyOf = (description: string) =>
  Type.Optional(Type.Array(Type.Unknown(), { description, minItems: 1 }));

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export const eventPatternSchema = closedObject(
  {
    version: anyOf('Version of the event format.'),
    'detail-type': anyOf('Kinds of events.'),
    source: anyOf('Who sent the event.'),
    account: anyOf('Accounts that the event is from.'),
    region: anyOf('Regions that the event is from.'),
    resources: anyOf('ARNs that the event is about.'),
    detail: Type.Optional(mapOf(Type.Unknown(), { description: 'What the event itself says.' })),
    'replay-name': anyOf('Replays of an archive.'),
  },
  { title: 'Event pattern', description: 'Which events are taken.' },
);

/** What EventBridge refuses: a pattern without a condition, and values that stand in no list. */
export function* checkPattern(eventPattern: object): Iterable<LocalFinding> {
  if (Object.keys(eventPattern).length > 0) {
    yield* checkPatternValues(eventPattern, ['eventPattern']);
    return;
  }
  yield {
    code: 'empty-pattern',
    path: ['eventPattern'],
    message: 'The event pattern has no condition; EventBridge refuses it.',
    expected: 'for example source: [my.application]',
  };
}

function* checkPatternValues(pattern: object, path: readonly string[]): Iterable<LocalFinding> {
  for (const [key, value] of Object.entries(pattern)) {
    if (isMapping(value)) {
      yield* checkPatternValues(value, [...path, key]);
    } else if (typeof value !== 'object' || value === null || (Array.isArray(value) && value.length === 0)) {
      yield {
        code: 'pattern-value',
        path: [...path, key],
        message: `"${key}" of an event pattern has to be a list of what it may be.`,
        expected: `for example ${key}: [${typeof value === 'object' ? 'ready' : value}]`,
      };
    }
  }
}
