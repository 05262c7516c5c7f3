// Runs on any Node that knows ES modules, so that an old one gets a sentence instead of a syntax error.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const needed = [22, 13];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/**
 * Starts a built entry, in this Node where it is new enough, else in the Node that a checkout pins.
 * @param {string} entry file name under dist/
 */
export async function launch(entry) {
  const script = fileURLToPath(new URL(`../dist/${entry}`, import.meta.url));
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
    // Both are read when chalk and React are first imported.
    if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0';
    process.env.NODE_ENV ??= 'production';
    // A tenth of a start is compiling; a folder that cannot be written makes no difference.
    nodeModule.enableCompileCache?.();
    if (!existsSync(script)) fail(`dist/${entry} is not there: run "npm run build" first.`);
    await import(new URL(`../dist/${entry}`, import.meta.url).href);
    return;
  }
  const pinned = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  if (!existsSync(pinned)) {
    fail(`create-stp-app needs Node ${needed.join('.')} or newer; this is Node ${process.versions.node}.`);
  }
  const { spawn } = await import('node:child_process');
  const own = fileURLToPath(
    new URL(entry.startsWith('create') ? 'create-stp-app.js' : 'stp.js', import.meta.url),
  );
  const child = spawn(pinned, [own, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child decides what it means.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
