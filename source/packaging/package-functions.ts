import { realpathSync } from 'node:fs';
import type {
  Artifact,
  BuildpackProperties,
  CustomArtifactProperties,
  FunctionToPackage,
  PackagingEvent,
  PackagingProblem,
} from './artifact.ts';
import type { ArtifactCache } from './artifact-cache.ts';
import { openArtifactCache } from './artifact-cache.ts';
import type { Bundle, BundleRequest } from './bundle.ts';
import { cacheKey } from './cache-key.ts';
import { readCustomArtifact } from './custom-artifact.ts';
import { buildFailure, bundleContents, bundleRequest, packagesBeside } from './es-function.ts';
import { installPackages } from './installed-packages.ts';
import type { BuildJob } from './language-build.ts';
import { languageBuild } from './languages.ts';
import { PackagingError, PackagingFailure } from './packaging-error.ts';
import { copyZip } from './published-zip.ts';
import { buildStart, bundleSettled, isYoung } from './settled-bundles.ts';
import { checkSize } from './size-limit.ts';
import type { Stamp } from './stamps.ts';
import { contentHash, createStamper } from './stamps.ts';
import { type Environment, machineEnvironment } from './tools.ts';
import type { ZipEntry } from './zip.ts';
import { createZip } from './zip.ts';

export type PackagingOptions = {
  /** Folder of the config; every path of a function is relative to it. Absolute. */
  directory: string;
  /** Kept from run to run; made when it is not there. Absolute. */
  cacheDirectory: string;
  /** Where the zips go besides, as `<function>.zip`. Without it their place is the cache. */
  outDirectory?: string;
  /** What the paths in messages are relative to; the config's folder where it is not given. */
  workingDirectory?: string;
  onEvent(event: PackagingEvent): void;
  /**
   * Of the tools that are started; its PATH says which ones there are. Without it, the process's own with the usual
   * folders of toolchains.
   */
  environment?: Environment;
  signal?: AbortSignal;
};

/**
 * Makes the zips of functions. Unchanged ones come from the cache after a look at the times of their inputs alone;
 * the others are bundled together. The order of the result is that of `functions`.
 * @throws PackagingError with every function that could not be packaged; the others are in the cache then
 * @throws the signal's reason when it aborts
 * @see spec/functions.md, section 4
 */
export async function packageFunctions(
  functions: readonly FunctionToPackage[],
  options: PackagingOptions,
): Promise<Artifact[]> {
  const run = new PackagingRun(functions, options);
  return run.finish();
}

class PackagingRun {
  readonly #functions: readonly FunctionToPackage[];
  readonly #options: PackagingOptions;
  readonly #cache: ArtifactCache;
  readonly #artifacts = new Map<string, Artifact>();
  readonly #problems = new Map<string, PackagingProblem>();
  readonly #keys = new Map<string, string>();
  readonly #shared = new Map<string, Promise<unknown>>();
  readonly #environment: Environment;
  readonly #began = performance.now();

  constructor(functions: readonly FunctionToPackage[], options: PackagingOptions) {
    this.#functions = functions;
    // The bundler follows links, so that paths relative to a linked folder would lead out of it and back in.
    this.#options = { ...options, directory: realpathSync(options.directory) };
    this.#environment = options.environment ?? machineEnvironment();
    this.#cache = openArtifactCache(options.cacheDirectory, (message) =>
      options.onEvent({ type: 'notice', message }),
    );
  }

  async finish(): Promise<Artifact[]> {
    const { signal, onEvent } = this.#options;
    signal?.throwIfAborted();
    const stamper = createStamper(this.#options.directory);
    const stale: FunctionToPackage[] = [];
    for (const fn of this.#functions) {
      onEvent({ type: 'started', function: fn.name });
      const key = cacheKey(fn, this.#environment);
      this.#keys.set(fn.name, key);
      const found = this.#cache.find(key, stamper);
      if (found === undefined) stale.push(fn);
      else this.#publish(fn, found.path, found.record, 'cached');
    }
    try {
      if (stale.length > 0) await abortable(this.#build(stale), signal);
    } finally {
      this.#cache.save();
    }
    if (this.#problems.size > 0) {
      throw new PackagingError(this.#functions.flatMap((fn) => this.#problems.get(fn.name) ?? []));
    }
    return this.#functions.flatMap((fn) => this.#artifacts.get(fn.name) ?? []);
  }

  async #build(functions: readonly FunctionToPackage[]): Promise<void> {
    const requests: BundleRequest[] = [];
    const zips: Promise<void>[] = [];
    for (const fn of functions) {
      const { packaging } = fn;
      if (packaging.type === 'custom-artifact')
        zips.push(this.#guard(fn, this.#packCustom(fn, packaging.properties)));
      else
        this.#attempt(fn, () => {
          const { properties } = packaging;
          const build = languageBuild(fn, properties, this.#options.directory);
          if (build === undefined) requests.push(bundleRequest(fn, properties, this.#options.directory));
          else zips.push(this.#guard(fn, this.#packLanguage(fn, properties, build)));
        });
    }
    zips.push(this.#bundle(requests));
    await Promise.all(zips);
  }

  #bundle(requests: readonly BundleRequest[]): Promise<void> {
    const { directory, workingDirectory = directory, signal } = this.#options;
    return bundleSettled(requests, directory, signal, {
      built: (request, bundle, stamps) => this.#guard(request.fn, this.#packBundle(request, bundle, stamps)),
      refused: (request, messages) =>
        this.#record(request.fn, buildFailure(request.fn, messages, directory, workingDirectory)),
    });
  }

  async #packBundle(request: BundleRequest, bundle: Bundle, inputs: Stamp[] | undefined): Promise<void> {
    const { directory } = this.#options;
    const { entries, stamps } = bundleContents(request, bundle, directory);
    const { packages, isLeftOut } = packagesBeside(request, bundle, directory);
    const beside = await installPackages(this.#job(request.fn, request.properties), packages, isLeftOut);
    await this.#zip(
      request.fn,
      [...entries, ...beside.entries],
      inputs && [...inputs, ...stamps, ...beside.stamps],
    );
  }

  async #packLanguage(
    fn: FunctionToPackage,
    properties: BuildpackProperties,
    build: NonNullable<ReturnType<typeof languageBuild>>,
  ): Promise<void> {
    const startedAt = buildStart();
    const { entries, stamps } = await build(this.#job(fn, properties));
    // A write in the same tick of the file system's clock would not show in a time: compared by content next time.
    for (const stamp of stamps) if (isYoung(stamp, startedAt)) stamp.mtimeMs = 0;
    await this.#zip(fn, entries, stamps);
  }

  #job(fn: FunctionToPackage, properties: BuildpackProperties): BuildJob {
    const { directory, workingDirectory = directory, cacheDirectory, signal } = this.#options;
    return {
      fn,
      properties,
      directory,
      workingDirectory,
      cacheDirectory,
      environment: this.#environment,
      stamper: createStamper(directory),
      shared: this.#shared,
      signal,
    };
  }

  async #packCustom(fn: FunctionToPackage, properties: CustomArtifactProperties): Promise<void> {
    const source = await readCustomArtifact(
      fn,
      properties,
      this.#options.directory,
      createStamper(this.#options.directory),
    );
    if ('entries' in source) return this.#zip(fn, source.entries, source.stamps);
    this.#store(fn, source.zip, source.bytes, source.stamps);
  }

  async #zip(
    fn: FunctionToPackage,
    entries: readonly ZipEntry[],
    stamps: Stamp[] | undefined,
  ): Promise<void> {
    const bytes = checkSize(
      fn.name,
      entries.map(({ path, data }) => ({ path, size: data.byteLength })),
    );
    this.#store(fn, await createZip(entries), bytes, stamps);
  }

  #store(fn: FunctionToPackage, zip: Uint8Array, bytes: number, stamps: Stamp[] | undefined): void {
    const digest = contentHash(zip);
    const { path: file, mtimeMs } = this.#cache.writeZip(digest, zip);
    const record = { digest, bytes, zippedBytes: zip.byteLength, mtimeMs };
    const key = this.#keys.get(fn.name);
    if (stamps !== undefined && key !== undefined) this.#cache.put(key, { ...record, stamps });
    this.#publish(fn, file, record, 'built');
  }

  #publish(
    fn: FunctionToPackage,
    zip: string,
    record: { digest: string; bytes: number; zippedBytes: number },
    outcome: Artifact['outcome'],
  ): void {
    const artifact: Artifact = {
      function: fn.name,
      runtime: fn.runtime,
      path:
        this.#options.outDirectory === undefined ? zip : copyZip(this.#options.outDirectory, fn.name, zip),
      bytes: record.bytes,
      zippedBytes: record.zippedBytes,
      digest: record.digest,
      outcome,
      milliseconds: Math.round(performance.now() - this.#began),
    };
    this.#artifacts.set(fn.name, artifact);
    if (this.#options.signal?.aborted) return;
    this.#options.onEvent({ type: 'finished', function: fn.name, artifact });
  }

  #attempt<T>(fn: FunctionToPackage, step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.#record(fn, error);
      return undefined;
    }
  }

  async #guard(fn: FunctionToPackage, step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      this.#record(fn, error);
    }
  }

  #record(fn: FunctionToPackage, error: unknown): void {
    if (!(error instanceof PackagingFailure)) throw error;
    // A build that several functions share speaks of the one that came first.
    const problem = { ...error.problem, function: fn.name };
    this.#problems.set(fn.name, problem);
    this.#options.onEvent({ type: 'failed', function: fn.name, problem });
  }
}

/** The work goes on in the background after an abort, but nothing waits for it and nothing is lost by it. */
function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
