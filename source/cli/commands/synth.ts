import { relative, resolve } from 'node:path';
import { printTemplate } from '../../synth/print-template.ts';
import type { Context } from '../context.ts';
import { synthesizeProject } from '../project.ts';
import { printWarnings } from '../report-error.ts';
import { writeWhole } from '../write-whole.ts';

/** `stp synth`: the template on stdout or in a file. Offline: no AWS call, nothing built. */
export async function synth(
  context: Context,
  _args: string[],
  flags: { out?: string; format?: 'json' | 'yaml'; skipPackaging?: boolean },
): Promise<number> {
  const { template, problems } = await synthesizeProject(context, { checkEntryFiles: !flags.skipPackaging });
  printWarnings(context, problems);
  const text = printTemplate(template, flags.format ?? 'json');
  const resources = Object.keys(template.Resources).length;
  if (flags.out !== undefined) {
    const file = resolve(context.io.cwd, flags.out);
    await writeWhole(file, text);
    context.print(`${relative(context.io.cwd, file)}: ${resources} resources`);
    context.emit({ type: 'result', file: relative(context.io.cwd, file), resources });
    return 0;
  }
  context.emit({ type: 'result', template, resources });
  if (context.mode !== 'json') context.io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return 0;
}
