import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Value } from '../../source/model/intrinsic.ts';
import { type SynthesizedStack, synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { readRight } from '../config/read.ts';

/** The stack of a text that has to be a right config. */
export const synthesize = (text: string): SynthesizedStack => synthesizeStack(readRight(text));

/** Text of a file in `configs/`. */
export const configText = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'configs', `${name}.yml`), 'utf8');

/** A property of a resource by its path. */
export function property(
  { template }: SynthesizedStack,
  logicalId: string,
  ...path: (string | number)[]
): unknown {
  let value: Value | undefined = template.Resources[logicalId]?.Properties as Value | undefined;
  for (const step of path) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, Value | undefined>)[step]
        : undefined;
  }
  return value;
}
