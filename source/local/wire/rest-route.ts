import type { WireRequest } from './http-message.ts';
import type { OperationModel, ServiceModel } from './service-model.ts';

export type Route = { operation: OperationModel; labels: Record<string, string> };

type Segment = { literal: string } | { label: string; greedy: boolean };

type Pattern = {
  operation: OperationModel;
  method: string;
  segments: Segment[];
  /** Query parameters of the uri template: `?uploads`, `?list-type=2`. */
  literals: [key: string, value: string | undefined][];
  /** Required members that are bound to the query or a header, in whose absence another operation is meant. */
  required: { place: 'query' | 'header'; name: string }[];
  /** S3's templates leave the bucket out: the SDK's endpoint rules put it in front. */
  takesBucket: boolean;
};

const patternsOf = new WeakMap<ServiceModel, Pattern[]>();

/**
 * Finds the operation that a REST request means: by method and path, then by the query's literals, then by
 * required members (`CopyObject` is `PutObject` with `x-amz-copy-source`). The most specific one wins.
 */
export function findRoute(request: WireRequest, model: ServiceModel): Route | undefined {
  const { bucket, path } =
    model.id === 's3' ? splitBucket(request) : { bucket: undefined, path: request.path };
  const query = new Map(request.query);
  let best: { pattern: Pattern; labels: Record<string, string>; rank: number[] } | undefined;
  for (const pattern of compile(model)) {
    if (pattern.method !== request.method) continue;
    if (model.id === 's3' && pattern.takesBucket !== (bucket !== undefined)) continue;
    const labels = matchPath(pattern.segments, path);
    if (labels === undefined) continue;
    if (!pattern.literals.every(([key, value]) => matchLiteral(query, key, value))) continue;
    const missing = pattern.required.filter(({ place, name }) =>
      place === 'query' ? !query.has(name) : request.headers[name] === undefined,
    ).length;
    const literalSegments = pattern.segments.filter((segment) => 'literal' in segment).length;
    const literalQueries = pattern.literals.filter(([key]) => key !== 'x-id').length;
    const rank = [missing === 0 ? 1 : 0, literalSegments, literalQueries, pattern.required.length - missing];
    if (best === undefined || isHigher(rank, best.rank)) best = { pattern, labels, rank };
  }
  if (best === undefined) return undefined;
  const labels = bucket === undefined ? best.labels : { ...best.labels, Bucket: bucket };
  return { operation: best.pattern.operation, labels };
}

/** The bucket of an S3 request is the first label of the host name, or else the first step of the path. */
function splitBucket(request: WireRequest): { bucket: string | undefined; path: string } {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const virtual = /^(.+?)(?:\.s3)?\.localhost$/.exec(host)?.[1];
  if (virtual !== undefined && virtual !== 's3') return { bucket: virtual, path: request.path };
  const [, first = '', ...rest] = request.path.split('/');
  if (first === '') return { bucket: undefined, path: request.path };
  return { bucket: decodeURIComponent(first), path: `/${rest.join('/')}` };
}

/** `x-id` only repeats the operation's name, and not every SDK sends it. */
function matchLiteral(query: Map<string, string>, key: string, value: string | undefined): boolean {
  const given = query.get(key);
  if (key === 'x-id') return given === undefined || given === value;
  return given !== undefined && (value === undefined || given === value);
}

function matchPath(segments: Segment[], path: string): Record<string, string> | undefined {
  const steps = path.split('/').slice(1);
  const labels: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const step = steps[index];
    if (step === undefined) return undefined;
    if ('literal' in segment) {
      if (decodeURIComponent(step) !== segment.literal) return undefined;
    } else if (segment.greedy) {
      const rest = steps.slice(index).map(decodeURIComponent).join('/');
      if (rest === '') return undefined;
      labels[segment.label] = rest;
      return labels;
    } else {
      if (step === '') return undefined;
      labels[segment.label] = decodeURIComponent(step);
    }
  }
  const rest = steps.slice(segments.length);
  return rest.every((step) => step === '') ? labels : undefined;
}

function isHigher(rank: number[], other: number[]): boolean {
  for (const [index, value] of rank.entries()) {
    const against = other[index] ?? 0;
    if (value !== against) return value > against;
  }
  return false;
}

function compile(model: ServiceModel): Pattern[] {
  const known = patternsOf.get(model);
  if (known !== undefined) return known;
  const patterns: Pattern[] = [];
  for (const operation of model.operations.values()) {
    if (operation.http === undefined) continue;
    const [path = '/', query = ''] = operation.http.uri.split('?');
    const required: Pattern['required'] = [];
    let takesBucket = false;
    if (operation.input.isStructSchema()) {
      const count = requiredCount(operation.input.getSchema());
      for (const [index, [name, member]] of [...operation.input.structIterator()].entries()) {
        const traits = member.getMergedTraits();
        if (name === 'Bucket' && traits.httpLabel) takesBucket = true;
        if (index >= count) continue;
        if (typeof traits.httpQuery === 'string') required.push({ place: 'query', name: traits.httpQuery });
        if (typeof traits.httpHeader === 'string') {
          required.push({ place: 'header', name: traits.httpHeader.toLowerCase() });
        }
      }
    }
    patterns.push({
      operation,
      method: operation.http.method,
      segments: path === '/' ? [] : path.split('/').slice(1).map(toSegment),
      literals: query === '' ? [] : query.split('&').map(toLiteral),
      required,
      takesBucket,
    });
  }
  patternsOf.set(model, patterns);
  return patterns;
}

/** Static structures list their required members first and say at the end how many there are. */
export function requiredCount(schema: unknown): number {
  return Array.isArray(schema) && typeof schema[6] === 'number' ? schema[6] : 0;
}

function toSegment(text: string): Segment {
  const [, label, plus] = /^\{([^+}]+)(\+?)\}$/.exec(text) ?? [];
  return label === undefined ? { literal: text } : { label, greedy: plus === '+' };
}

function toLiteral(text: string): [string, string | undefined] {
  const [key = '', value] = text.split('=');
  return [key, value];
}
