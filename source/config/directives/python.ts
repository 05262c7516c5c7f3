import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/**
 * Loads the file that is named first on the standard input; what its code prints, and what the programs print that it
 * starts, goes to the error output.
 */
const load = `
import asyncio, importlib.util, inspect, json, os, sys
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
file, name, args = json.load(sys.stdin)
sys.path.insert(0, os.path.dirname(file))
spec = importlib.util.spec_from_file_location("stp_directive", file)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
`;

const callFunction = `${load}
handler = getattr(module, name, None)
if not callable(handler):
    print("null", file=out)
    sys.exit(0)
value = handler(*args)
if inspect.iscoroutine(value):
    value = asyncio.run(value)
print(json.dumps({"value": value}), file=out)
`;

const printValues = `${load}
def is_plain(value):
    try:
        json.dumps(value)
        return True
    except (TypeError, ValueError):
        return False
values = {key: value for key, value in vars(module).items() if not key.startswith("_") and is_plain(value)}
print(json.dumps(values), file=out)
`;

/**
 * Calls a function of a Python file, which may be async.
 * @returns undefined where the file has no such function
 * @throws Error with the exception's own words; what `noPython` makes where there is no python3
 */
export async function callPython(
  file: string,
  name: string,
  args: readonly unknown[],
  noPython: () => Error,
): Promise<{ value: unknown } | undefined> {
  const result = await run(callFunction, [file, name, args], noPython);
  return result === null ? undefined : (result as { value: unknown });
}

/** The variables of a Python file that JSON can hold. Errors as those of `callPython`. */
export const readPython = (file: string, noPython: () => Error): Promise<unknown> =>
  run(printValues, [file, '', []], noPython);

function run(program: string, input: [file: string, ...unknown[]], noPython: () => Error): Promise<unknown> {
  return new Promise((settle, fail) => {
    const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      fail(error.code === 'ENOENT' ? noPython() : error);
    });
    // A child that ends before it has read has said why on its error output.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(input));
    child.on('close', (code) => {
      if (code === 0 && output !== '') {
        process.stderr.write(errors);
        settle(JSON.parse(output));
      } else if (code === 0) fail(new Error('its process ended before it gave anything'));
      else fail(new Error(failureOf(errors, input[0]) ?? `python3 ended with ${code}`));
    });
  });
}

/** The last line of a traceback is the exception; the last line of the user's that is named in it is where it was. */
function failureOf(errors: string, file: string): string | undefined {
  const exception = errors.trim().split('\n').at(-1);
  if (!exception) return undefined;
  const line = errors.split(`File "${file}", line `).at(-1)?.match(/^\d+/)?.[0];
  return line === undefined ? exception : `${exception} (${basename(file)}, line ${line})`;
}
