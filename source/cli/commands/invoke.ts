import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { invokeFunction } from '../../deploy/invoke-function.ts';
import { stackNameOf } from '../../model/config.ts';
import { UserError } from '../../model/errors.ts';
import { eventDescriptors } from '../../resources/function/events/registry.ts';
import type { Context } from '../context.ts';
import { openStack } from '../open-stack.ts';
import { requireFunctions } from './package.ts';

type Flags = { event?: string; data?: string; type?: string };

/** `stp invoke <function>`: its answer and its logs. Exit 1 when the function failed. */
export async function invoke(context: Context, [functionName = '']: string[], flags: Flags): Promise<number> {
  const payload = await readPayload(context, flags);
  const { config, target } = await openStack(context);
  requireFunctions(
    [functionName],
    config.resources.filter(({ type }) => type === 'function').map(({ name }) => name),
  );
  const result = await invokeFunction({
    target: await target(),
    stackName: stackNameOf(config),
    functionName,
    payload,
  });
  context.emit({ type: 'result', ...result });
  for (const line of result.logs) context.print(context.style('gray', line));
  if (result.error) {
    context.print(`${context.style('red', '✗')} ${result.error.type}: ${result.error.message}`);
    for (const line of result.error.stackTrace ?? []) context.print(context.style('gray', line));
  } else {
    context.print(JSON.stringify(result.payload, null, 2));
  }
  return result.error ? 1 : 0;
}

async function readPayload(context: Context, flags: Flags): Promise<unknown> {
  const given = Object.entries(flags).filter(([name]) => ['event', 'data', 'type'].includes(name));
  if (given.length > 1) {
    throw new UserError('--event, --data and --type exclude each other.', { code: 'invalid-flag' });
  }
  if (flags.type !== undefined) {
    const known = eventDescriptors.map(({ type }) => type);
    const descriptor = eventDescriptors.find(({ type }) => type === flags.type);
    if (descriptor) return descriptor.sample();
    throw new UserError(`--type ${flags.type} is not known.`, {
      code: 'invalid-flag',
      hint: `Valid values: ${known.join(', ')}.`,
    });
  }
  if (flags.data !== undefined) return parseJson(flags.data, '--data');
  if (flags.event === undefined) return {};
  const file = resolve(context.io.cwd, flags.event);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`--event ${flags.event} cannot be read: ${error.message}`, { code: 'cannot-read' });
  });
  return parseJson(text, flags.event);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${where} is not JSON: ${error instanceof Error ? error.message : error}`, {
      code: 'invalid-json',
    });
  }
}
