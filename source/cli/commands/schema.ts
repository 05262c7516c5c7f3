import { relative, resolve } from 'node:path';
import { configJsonSchema } from '../../config/json-schema.ts';
import type { Context } from '../context.ts';
import { writeWhole } from '../write-whole.ts';

/** `stp schema`: the JSON Schema of the config on stdout or in a file. */
export async function schema(context: Context, _args: string[], flags: { out?: string }): Promise<number> {
  const text = configJsonSchema();
  if (flags.out !== undefined) {
    const file = resolve(context.io.cwd, flags.out);
    await writeWhole(file, text);
    context.print(`${relative(context.io.cwd, file)} is written`);
    context.emit({ type: 'result', file: relative(context.io.cwd, file) });
    return 0;
  }
  context.emit({ type: 'result', schema: JSON.parse(text) });
  if (context.mode !== 'json') context.io.stdout.write(text);
  return 0;
}
