/**
 * Measures ours beside a floor in one run and prints ratios with medians. Absolute times differ from machine to
 * machine; the ratios are what the figures in the last column speak of.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cdkSynth } from './cdk-peer.ts';
import { firstFrame } from './first-frame.ts';
import { installedSize } from './installed-size.ts';
import { makeApp } from './make-apps.ts';
import { type Command, compare } from './measure.ts';

const runs = Number(process.env.BENCH_RUNS ?? 11);
const root = join(import.meta.dirname, '..');
const work = await mkdtemp(join(tmpdir(), 'stp-bench-'));
const node = process.execPath;
const stp = join(root, 'bin/stp.js');
const create = join(root, 'bin/create-stp-app.js');
const bareNode: Command = { argv: [node, '-e', '0'], cwd: work };

const rows: { what: string; ours: string; floor: string; figure: string; goal: string }[] = [];

async function row(
  what: string,
  goal: string,
  kind: 'ratio' | 'difference',
  ours: Command,
  floor: Command,
  count = runs,
) {
  const result = await compare(ours, floor, count);
  const figure =
    kind === 'ratio' ? `${result.ratio.toPrecision(3)} ×` : `+${result.difference.toFixed(0)} ms`;
  rows.push({
    what,
    ours: `${result.ours.toFixed(0)} ms`,
    floor: `${result.floor.toFixed(0)} ms`,
    figure,
    goal,
  });
  process.stderr.write(`${what}: ${figure}\n`);
}

try {
  await row(
    'stp --version / node -e 0',
    '≤ 1.5 ×',
    'ratio',
    { argv: [node, stp, '--version'], cwd: work },
    bareNode,
    2 * runs,
  );

  const app = join(work, 'app');
  const scaffold = ['--starter', 'lambda-api-dynamo-db', '--yes', '--no-install', '--no-git'];
  const fresh = () => rm(app, { recursive: true, force: true });
  await row(
    'create-stp-app / node -e 0',
    '≤ 1.8 ×',
    'ratio',
    { argv: [node, create, app, ...scaffold], cwd: work, before: fresh },
    bareNode,
    2 * runs,
  );

  for (const count of [1, 10, 80]) {
    const folder = join(work, `synth-${count}`);
    await makeApp(folder, count);
    const goal = count === 80 ? '≤ +100 ms' : '';
    await row(
      `stp synth, ${count} functions − node -e 0`,
      goal,
      'difference',
      { argv: [node, stp, 'synth', '--out', 'template.json'], cwd: folder },
      bareNode,
    );
  }

  const queues = join(work, 'synth-queues');
  await makeApp(queues, 60, { queues: true });
  await row(
    'stp synth, 60 functions with a queue each − node -e 0',
    '≤ +130 ms',
    'difference',
    { argv: [node, stp, 'synth', '--out', 'template.json'], cwd: queues },
    bareNode,
  );
  await row(
    '  the same / cdk synth of the same app',
    '≤ 0.067 ×',
    'ratio',
    { argv: [node, stp, 'synth', '--out', 'template.json'], cwd: queues },
    await cdkSynth(root),
    Math.min(runs, 7),
  );

  for (const count of [500, 1000]) {
    const folder = join(work, `validate-${count}`);
    await makeApp(folder, count);
    // More than CloudFormation takes, which is what it says after everything is checked.
    const validate = { argv: [node, stp, 'validate'], cwd: folder, exitCode: 2 };
    const goal = count === 1000 ? '≤ 1 s' : '';
    await row(`stp validate, ${count} functions − node -e 0`, goal, 'difference', validate, bareNode);
  }

  for (const count of [1, 10, 100]) {
    const folder = join(work, `package-${count}`);
    await makeApp(folder, count);
    const floor = { argv: [node, 'esbuild-floor.mjs'], cwd: folder };
    const ours = { argv: [node, stp, 'package'], cwd: folder };
    const cold = () => rm(join(folder, '.stp'), { recursive: true, force: true });
    await row(
      `stp package, ${count} functions / one esbuild call`,
      count === 100 ? '≤ 2.6 ×' : '',
      'ratio',
      { ...ours, before: cold },
      floor,
    );
    await row(
      `  again, nothing changed / one esbuild call`,
      count === 100 ? '≤ 1.0 ×' : '',
      'ratio',
      ours,
      floor,
    );
  }

  const frame = await firstFrame(
    [node, stp, 'deploy', '--local'],
    join(work, 'synth-1'),
    { ...(process.env as Record<string, string>), CI: '', TERM: 'xterm-256color' },
    'Deploy',
    runs,
  );
  rows.push({
    what: 'first frame of the dashboard',
    ours: `${frame.toFixed(0)} ms`,
    floor: '',
    figure: `${frame.toFixed(0)} ms`,
    goal: '≤ 200 ms',
  });

  const prefix = join(work, 'prefix');
  await mkdir(prefix);
  const size = await installedSize(root, prefix);
  rows.push({
    what: 'tarball with its dependencies, installed',
    ours: `${size.toFixed(1)} MB`,
    floor: '',
    figure: `${size.toFixed(1)} MB`,
    goal: '≤ 20 MB',
  });
} finally {
  await compare({ argv: [node, stp, 'local', 'stop'], cwd: join(work, 'synth-1') }, bareNode, 1).catch(
    () => undefined,
  );
  await rm(work, { recursive: true, force: true, maxRetries: 3 });
}

const columns = ['what', 'ours', 'floor', 'figure', 'goal'] as const;
const widths = columns.map((column) => Math.max(column.length, ...rows.map((each) => each[column].length)));
const line = (cells: string[]) =>
  cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();
console.log(`Node ${process.versions.node}, medians of ${runs} runs or more, each paired with its floor`);
console.log(line([...columns]));
for (const each of rows) console.log(line(columns.map((column) => each[column])));
