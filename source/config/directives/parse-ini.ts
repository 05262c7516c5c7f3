type Data = { [key: string]: unknown };

/**
 * The data of an INI file: `[a.b]` is a section in a section, `key[] = x` adds to a list, a key alone is true.
 * Comments begin with `;` or `#`, also behind a value that is not in quotes.
 */
export function parseIni(text: string): Data {
  const data: Data = {};
  let section = data;
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line)?.[1];
    const [, key, value] = /^\s*([^=;#\s][^=;#]*?)\s*(?:=\s*(.*?)\s*|[;#].*)?$/.exec(line) ?? [];
    if (header !== undefined) section = sectionAt(data, header.trim().split('.'));
    else if (key?.endsWith('[]')) {
      const name = key.slice(0, -2).trimEnd();
      const list = own(section, name);
      set(section, name, [...(Array.isArray(list) ? list : []), readValue(value)]);
    } else if (key !== undefined) set(section, key, readValue(value));
  }
  return data;
}

function sectionAt(data: Data, path: readonly string[]): Data {
  let section = data;
  for (const step of path) {
    const inner = own(section, step);
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) section = inner as Data;
    else {
      const made: Data = {};
      set(section, step, made);
      section = made;
    }
  }
  return section;
}

function readValue(written: string | undefined): string | boolean {
  if (written === undefined) return true;
  const quoted = /^(["'])(.*)\1(?:\s*[;#].*)?$/.exec(written)?.[2];
  if (quoted !== undefined) return quoted;
  const value = written.replace(/(?:^|\s)[;#].*$/, '').trimEnd();
  return value === 'true' || value === 'false' ? value === 'true' : value;
}

const own = (data: Data, key: string): unknown => (Object.hasOwn(data, key) ? data[key] : undefined);

/** `__proto__` would change the object itself when assigned. */
const set = (data: Data, key: string, value: unknown): void => {
  Object.defineProperty(data, key, { value, enumerable: true, writable: true, configurable: true });
};
