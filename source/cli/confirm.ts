import { UserError } from '../model/errors.ts';
import type { Context } from './context.ts';

/**
 * A yes-or-no question outside the full screen. `--yes` answers it; without a terminal it is a usage error that
 * names the flag. `dataLoss` wants `--allow-data-loss` besides, except against the embedded AWS.
 */
export async function confirmOrRefuse(
  context: Context,
  question: { message: string; dataLoss?: boolean; allowDataLoss?: boolean },
): Promise<boolean> {
  const { flags, io } = context;
  const needsDataLossFlag = question.dataLoss === true && !flags.local;
  if (flags.yes && (!needsDataLossFlag || question.allowDataLoss)) return true;
  if (context.mode !== 'tty') {
    const missing = [
      ...(flags.yes ? [] : ['--yes']),
      ...(needsDataLossFlag && !question.allowDataLoss ? ['--allow-data-loss'] : []),
    ].join(' ');
    throw new UserError(`${question.message}\nThere is no terminal to ask on.`, {
      code: 'confirmation-needed',
      hint: `Say so with ${missing}.`,
    });
  }
  const { confirm } = await import('@inquirer/prompts');
  try {
    return await confirm(
      { message: question.message, default: false },
      { input: io.stdin, output: io.stderr },
    );
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') return false;
    throw error;
  }
}
