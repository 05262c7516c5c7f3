import { Command, CommanderError, Option } from 'commander';
import { type Context, createContext, type GlobalFlags } from './context.ts';
import type { Io } from './io.ts';
import { ownArguments } from './own-arguments.ts';
import { programVersion } from './program-version.ts';
import { reportError } from './report-error.ts';

/** A command: what it does is loaded when it is called, so that each start loads only its own. */
// biome-ignore lint/suspicious/noExplicitAny: each command has flags of its own, defined beside its name
type Run = (context: Context, args: string[], flags: any) => Promise<number>;

/**
 * Runs `stp` with these arguments and gives the exit code (spec/cli.md). Never throws: every error is reported
 * in the output mode of the command.
 */
export async function runStp(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  // Until the arguments are parsed: a wrong one is told in the mode that was asked for.
  let flags: Partial<GlobalFlags> = { json: /(^| )--(json|output[ =]json)( |$)/.test(argv.join(' ')) };
  const program = new Command('stp');
  const end = argv.indexOf('--');
  const given = end < 0 ? argv : argv.slice(0, end);
  const own = end < 0 ? {} : ownArguments(argv.slice(end + 1));

  const run =
    (load: () => Promise<Run>) =>
    async (...parameters: unknown[]): Promise<void> => {
      const command = parameters.at(-1) as Command;
      flags = command.optsWithGlobals<GlobalFlags>();
      const context = createContext(io, { ...command.optsWithGlobals<GlobalFlags>(), own });
      code = await (await load())(context, command.args, command.opts());
    };

  defineProgram(program, run);
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((each) => each.commands),
  ]) {
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .configureOutput({
        writeOut: (text) => void io.stdout.write(text),
        writeErr: (text) => void (flags.json || io.stderr.write(text)),
      });
  }
  try {
    await program.parseAsync(given.length === 0 ? ['--help'] : [...given], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (flags.json) {
        const message = error.message.replace(/^error: /, '');
        io.stdout.write(`${JSON.stringify({ type: 'error', code: 'usage', message })}\n`);
      }
      return 2;
    }
    return reportError(error, io, flags);
  }
}

function defineProgram(
  program: Command,
  run: (load: () => Promise<Run>) => (...args: unknown[]) => Promise<void>,
) {
  program
    .description('Build, ship and watch serverless functions, on AWS or on the AWS inside this program.')
    .version(programVersion, '-V, --version')
    .option('--config <file>', 'the config (default: stacktape.yml, found upward)')
    .option('--stage <name>', 'the stage; the stack is {serviceName}-{stage}', 'dev')
    .option('--region <name>', 'the AWS Region')
    .option('--profile <name>', 'the profile of the shared AWS config')
    .option('--endpoint-url <url>', 'another AWS: LocalStack, MiniStack, moto …')
    .option('--service-name <name>', 'the service, where the config has none')
    .option('--local', 'the AWS inside this program: no account, no network')
    .addOption(new Option('--output <mode>', 'how to print').choices(['tty', 'plain', 'json']))
    .option('--json', 'the same as --output json')
    .option('--no-color', 'without colour')
    .option('--yes', 'confirm what would be asked')
    .option('--debug', 'with stack traces');

  program
    .command('validate')
    .description('check the config: every problem at once')
    .action(run(async () => (await import('./commands/validate.ts')).validate));
  program
    .command('synth')
    .description('print the CloudFormation template; offline, nothing is built')
    .option('--out <file>', 'write it there')
    .addOption(new Option('--format <format>', 'of the template').choices(['json', 'yaml']).default('json'))
    .option('--skip-packaging', 'do not look whether entry files and files of directives exist')
    .action(run(async () => (await import('./commands/synth.ts')).synth));
  program
    .command('schema')
    .description('print the JSON Schema of the config, for editors')
    .option('--out <file>', 'write it there')
    .action(run(async () => (await import('./commands/schema.ts')).schema));
  program
    .command('package [function...]')
    .description('build the artifacts')
    .option('--out <dir>', 'write the zip files there')
    .action(run(async () => (await import('./commands/package.ts')).packageCommand));
  program
    .command('deploy')
    .description('package, upload, change set, confirm, execute, watch to the end')
    .option('--detach', 'return once it runs')
    .option('--no-rollback', 'leave what a failure left')
    .option('--cancel-on-interrupt', 'Ctrl-C and SIGTERM cancel instead of detaching')
    .option('--allow-data-loss', 'go on where data would be lost')
    .action(run(async () => (await import('./commands/deploy.ts')).deploy));
  program
    .command('attach')
    .description('watch the operation that is running on the stack')
    .action(run(async () => (await import('./commands/attach.ts')).attach));
  program
    .command('delete')
    .description('empty the buckets of the stack and delete it')
    .option('--allow-data-loss', 'go on where data would be lost')
    .option('--cancel-on-interrupt', 'no effect: a delete cannot be cancelled')
    .action(run(async () => (await import('./commands/delete.ts')).deleteCommand));
  program
    .command('info')
    .alias('stack-info')
    .description('every resource: physical ids, params, links, outputs')
    .action(run(async () => (await import('./commands/info.ts')).info));
  program
    .command('invoke <function>')
    .description('call a function and show its answer and its logs')
    .option('--event <file>', 'a JSON file as the event')
    .option('--data <json>', 'JSON as the event')
    .option('--type <event type>', 'a sample event of that type')
    .action(run(async () => (await import('./commands/invoke.ts')).invoke));
  program
    .command('logs [function...]')
    .description('logs of one or many functions, merged in time order')
    .option('--since <time>', '10m, 2d4h30m, 13:10 or ISO', '10m')
    .option('--until <time>', 'as --since')
    .option('--follow', 'go on with what arrives')
    .option('--filter <expression>', 'words, "phrases", /regexp/, -not, level:error, fn:name')
    .option('--limit <n>', 'the newest n')
    .option('--log-group <name>', 'a log group by its name, repeatable', (value, all: string[] = []) => [
      ...all,
      value,
    ])
    .action(run(async () => (await import('./commands/logs.ts')).logs));

  program
    .command('demo')
    .description(
      'an API with a table: made, deployed to the embedded AWS, called, its logs shown; then removed',
    )
    .action(run(async () => (await import('./commands/demo.ts')).demo));

  const local = program.command('local').description('the embedded AWS in the background for this project');
  for (const [name, description] of [
    ['start', 'start it'],
    ['stop', 'stop it; everything in it is kept'],
    ['status', 'whether it runs, where, and which stacks it has'],
    ['reset', 'stop it and remove everything in it'],
  ] as const) {
    local
      .command(name)
      .description(description)
      .action(
        run(async () => (context) => import('./commands/local.ts').then((room) => room.local(context, name))),
      );
  }
}
