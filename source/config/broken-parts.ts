import type { ConfigResource } from '../model/config.ts';
import type { ConfigPath } from '../model/diagnostic.ts';

/**
 * Which resources, properties of theirs and events have a shape that no check can rely on. The rest is checked
 * all the same, so that one mistake does not hide another.
 */
export class BrokenParts {
  readonly #parts = new Set<string>();

  /** Notes a mistake in the shape at a path of the whole config. */
  add(path: ConfigPath): void {
    const [root, name, section, property, index] = path;
    if (root !== 'resources' || typeof name !== 'string') return;
    this.#parts.add(name);
    if (section !== 'properties' || property === undefined) return;
    this.#parts.add(`${name}/${property}`);
    if (index !== undefined) this.#parts.add(`${name}/${property}/${index}`);
  }

  /** Whether something in the resource, in one of its properties or in an entry of one is broken. */
  isBroken(name: string, ...part: (string | number)[]): boolean {
    return this.#parts.has([name, ...part].join('/'));
  }

  /** The resource with its sound properties alone. */
  withoutBroken(resource: ConfigResource): ConfigResource {
    const { name, properties } = resource;
    if (!this.isBroken(name)) return resource;
    const sound = Object.entries(properties).filter(([property]) => !this.isBroken(name, property));
    return { ...resource, properties: Object.fromEntries(sound) };
  }
}
