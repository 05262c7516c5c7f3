import { attachStack } from '../../deploy/attach-stack.ts';
import type { Context } from '../context.ts';
import { openStack } from '../open-stack.ts';
import { programVersion } from '../program-version.ts';
import { showOperation } from '../show-operation.ts';

/** `stp attach`: watches the operation that runs on the stack, whoever started it. */
export async function attach(context: Context): Promise<number> {
  const stack = await openStack(context);
  return showOperation(
    context,
    async function* (control) {
      yield* attachStack({ ...stack.input, target: await stack.target(), programVersion }, control);
    },
    { historyDirectory: stack.historyDirectory },
  );
}
