import { deleteStack } from '../../deploy/delete-stack.ts';
import { providedRecords } from '../../synth/synthesize-stack.ts';
import type { Context } from '../context.ts';
import { openStack } from '../open-stack.ts';
import { programVersion } from '../program-version.ts';
import { requireProject } from '../project.ts';
import { providerAddresses } from '../provider-addresses.ts';
import { showOperation } from '../show-operation.ts';

/** `stp delete`: empties the stack's buckets after asking, deletes it, watches. */
export async function deleteCommand(
  context: Context,
  _args: string[],
  flags: { allowDataLoss?: boolean },
): Promise<number> {
  const { config, locate } = await requireProject(context, { checkEntryFiles: false, deployed: true });
  const stack = await openStack(context);
  return showOperation(
    context,
    async function* (control) {
      yield* deleteStack(
        {
          ...stack.input,
          locate,
          target: await stack.target(),
          programVersion,
          provided: providedRecords(config),
          providers: {
            accounts: config.sections?.providerConfig,
            addresses: providerAddresses(context.io.env),
          },
        },
        control,
      );
    },
    { historyDirectory: stack.historyDirectory, allowDataLoss: flags.allowDataLoss === true },
  );
}
