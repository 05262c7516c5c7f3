import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployEvent } from '../../deploy/deploy-event.ts';
import { stopLocal } from '../../local/background/background.ts';
import { planProject } from '../../scaffold/project-plan.ts';
import { readStarter, startersFolder } from '../../scaffold/read-starter.ts';
import { inspectTarget } from '../../scaffold/target-folder.ts';
import { writeProject } from '../../scaffold/write-project.ts';
import { type Context, createContext } from '../context.ts';
import { programBuild } from '../program-version.ts';
import { deploy } from './deploy.ts';
import { logs } from './logs.ts';

/** How slow the embedded AWS is on a terminal, as a share of AWS's own times, so that there is something to see. */
const screenPace = '0.12';

/**
 * `stp demo`: a project out of a starter in a temporary folder, deployed to the embedded AWS, called, its logs
 * shown. On a terminal it is the full screen until `q`; else it ends by itself.
 */
export async function demo(context: Context): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'stp-demo-'));
  const project = join(folder, 'demo-app');
  const { io } = context;
  const calls: string[] = [];
  try {
    const starter = readStarter(join(startersFolder(), 'lambda-api-dynamo-db'));
    const plan = planProject({ starter, directory: project, name: 'demo-app', stp: 'stp' });
    await writeProject(plan, inspectTarget(project, 'demo-app'), () => false);
    context.note(`Made demo-app from the starter ${starter.id}: ${plan.files.length} files`);
    const env = { STP_LOCAL_PACE: context.mode === 'tty' ? screenPace : '0', ...io.env };
    const inProject = createContext({ ...io, cwd: project, env }, { ...context.flags, local: true });
    const code = await deploy(inProject, [], {}, (events) => callWhenDeployed(events, calls));
    // The full screen is gone by now, and what it showed of the calls with it.
    if (context.mode === 'tty') for (const call of calls) context.print(`  ${call}`);
    if (code !== 0 || context.mode === 'tty') return code;
    context.note('\nWhat the functions logged:');
    return await logs(inProject, [], { since: '10m' });
  } finally {
    await stopLocal({ projectDirectory: project, version: programBuild, env: io.env }).catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The events of the deploy, with the answers of the deployed API before its result. */
async function* callWhenDeployed(
  events: AsyncIterable<DeployEvent>,
  calls: string[],
): AsyncGenerator<DeployEvent> {
  for await (const event of events) {
    if (event.type === 'result' && event.status === 'succeeded') {
      const url = Object.entries(event.outputs).find(([name]) => name.endsWith('Url'))?.[1];
      if (url !== undefined) yield* callApi(url, calls);
    }
    yield event;
  }
}

async function* callApi(url: string, calls: string[]): AsyncGenerator<DeployEvent> {
  const post = { title: 'Hello', content: 'from the demo', authorEmail: 'demo@example.com' };
  const requests: [method: string, body?: unknown][] = [['POST', post], ['GET']];
  for (const [method, body] of requests) {
    const started = performance.now();
    const answer = await fetch(`${url}/posts`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    const milliseconds = Math.round(performance.now() - started);
    const message = `${method} ${url}/posts → ${answer.status} in ${milliseconds} ms  ${text}`;
    calls.push(message);
    yield {
      at: new Date().toISOString(),
      type: 'notice',
      level: answer.ok ? 'info' : 'warning',
      message,
    };
    if (!answer.ok) throw new Error(`${method} ${url}/posts answered ${answer.status}: ${text}`);
  }
}
