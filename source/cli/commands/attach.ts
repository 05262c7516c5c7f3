import { attachStack } from '../../deploy/attach-stack.ts';
import type { Context } from '../context.ts';
import { openStack } from '../open-stack.ts';
import { programVersion } from '../program-version.ts';
import { requireProject } from '../project.ts';
import { showOperation } from '../show-operation.ts';

/** `stp attach`: watches the operation that runs on the stack, whoever started it. */
export async function attach(context: Context): Promise<number> {
  const { locate } = await requireProject(context, { checkEntryFiles: false, deployed: true });
  const stack = await openStack(context);
  return showOperation(
    context,
    async function* (control) {
      yield* attachStack({ ...stack.input, locate, target: await stack.target(), programVersion }, control);
    },
    { historyDirectory: stack.historyDirectory },
  );
}
