import { dirname } from 'node:path';
import { localStatus, resetLocal, startLocal, stopLocal } from '../../local/background/background.ts';
import { confirmOrRefuse } from '../confirm.ts';
import type { Context } from '../context.ts';
import { programBuild } from '../program-version.ts';
import { configFile } from '../project.ts';

/** `stp local start|stop|status|reset`: the embedded AWS of this project. */
export async function local(
  context: Context,
  action: 'start' | 'stop' | 'status' | 'reset',
): Promise<number> {
  const projectDirectory = dirname(configFile(context));
  const options = { projectDirectory, version: programBuild, env: context.io.env };
  if (action === 'reset') {
    const sure = await confirmOrRefuse(context, {
      message: 'Remove every stack, table, object and log line of the embedded AWS of this project?',
    });
    if (!sure) return 130;
    await resetLocal(options);
  }
  if (action === 'start') await startLocal(options);
  const stopped = action === 'stop' && (await stopLocal(options));

  const status = await localStatus(options);
  context.emit({ type: 'result', ...status });
  if (action === 'reset') context.print('The embedded AWS of this project is empty.');
  else if (stopped) context.print('The embedded AWS is stopped; everything in it is kept.');
  else if (!status.running) context.print('The embedded AWS is not running.');
  else {
    context.print(`The embedded AWS runs at ${status.endpoint} (pid ${status.pid}).`);
    for (const stack of status.stacks) context.print(`  ${stack.name}  ${stack.status}`);
  }
  return 0;
}
