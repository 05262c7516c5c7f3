/** What stands after `--`, for `$CliArgs()`: `--name value`, `--name=value`, `--switch`. */
export function ownArguments(argv: readonly string[]): Record<string, string | true> {
  const found: Record<string, string | true> = {};
  for (let index = 0; index < argv.length; index++) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(argv[index] ?? '') ?? [];
    if (name === undefined) continue;
    const next = argv[index + 1];
    if (value !== undefined) found[name] = value;
    else if (next === undefined || next.startsWith('--')) found[name] = true;
    else {
      found[name] = next;
      index++;
    }
  }
  return found;
}
