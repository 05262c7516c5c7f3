import { randomUUID } from 'node:crypto';
import { diffProperties } from '../diff.ts';
import { durationsOf, startDelay } from '../durations.ts';
import { handlerReason, ResourceFailure } from '../errors.ts';
import type { Outcome } from '../graph.ts';
import type { Incarnation, ResourceRecord } from '../state.ts';
import type { Scope } from '../template/evaluate.ts';
import type { Made, Properties, ResourceProvider } from '../types/provider.ts';
import { providerOf } from '../types/registry.ts';
import { definitionOf, type Plan, resolveProperties } from './plan.ts';
import { type Run, Stopped } from './run.ts';

type Wanted = Omit<Incarnation, 'key' | 'physicalId' | 'attributes'>;

/** Brings one resource to what the plan says of it: makes it, changes it, replaces it, or leaves it alone. */
export async function advance(run: Run, plan: Plan, scope: Scope, logicalId: string): Promise<Outcome> {
  const definition = definitionOf(plan, logicalId);
  const provider = providerOf(definition.type);
  const resource = run.resource(logicalId, definition.type);
  let wanted: Wanted;
  try {
    wanted = {
      type: definition.type,
      properties: resolveProperties(plan, scope, logicalId),
      deletionPolicy: definition.deletionPolicy,
      updateReplacePolicy: definition.updateReplacePolicy,
      dependencies: [...(plan.dependencies.get(logicalId) ?? [])],
      metadata: definition.metadata,
    };
    checkProperties(provider, logicalId, wanted.properties);
  } catch (error) {
    const verb = resource.current === undefined ? 'CREATE' : 'UPDATE';
    run.step(resource, {
      status: `${verb}_FAILED`,
      reason: error instanceof Error ? error.message : String(error),
    });
    return 'failed';
  }
  if (resource.current === undefined) return create(run, resource, provider, wanted);
  if (resource.status === 'CREATE_FAILED') return remake(run, resource, provider, wanted);

  const changes = diffProperties(provider, resource.current.properties, wanted.properties);
  if (changes.length === 0 && resource.status !== 'UPDATE_FAILED') {
    const { key, physicalId, attributes, properties } = resource.current;
    run.note(resource, () => {
      resource.current = { ...wanted, key, properties, physicalId, attributes };
    });
    return 'done';
  }
  const replaced = provider.update === undefined || changes.some((change) => change.recreation !== 'never');
  return replaced
    ? replace(run, resource, provider, wanted, resource.current)
    : update(run, resource, provider, wanted, resource.current);
}

function checkProperties(provider: ResourceProvider, logicalId: string, properties: Properties): void {
  const unknown = Object.keys(properties).filter((name) => !provider.known.includes(name));
  const missing = provider.required.filter((name) => properties[name] === undefined);
  const problems = [
    ...missing.map((name) => `#: required key [${name}] not found`),
    ...unknown.map((name) => `#: extraneous key [${name}] is not permitted`),
  ];
  if (problems.length > 0) {
    throw new ResourceFailure(
      `Properties validation failed for resource ${logicalId} with message:\n${problems.join('\n')}`,
    );
  }
}

/** The words for a failure, from whatever was thrown. */
export const reasonOf = (error: unknown, provider: ResourceProvider): string =>
  error instanceof ResourceFailure ? error.message : handlerReason(error, provider.service, randomUUID());

async function create(
  run: Run,
  resource: ResourceRecord,
  provider: ResourceProvider,
  wanted: Wanted,
): Promise<Outcome> {
  run.step(resource, { status: 'CREATE_IN_PROGRESS' });
  return make(run, resource, provider, wanted, 'CREATE');
}

/** What a failed create left half made, when the stack was told to keep it, makes room for another try. */
async function remake(
  run: Run,
  resource: ResourceRecord,
  provider: ResourceProvider,
  wanted: Wanted,
): Promise<Outcome> {
  run.step(resource, { status: 'CREATE_IN_PROGRESS' });
  const { current } = resource;
  if (current !== undefined) {
    try {
      await provider.delete(current, run.context(resource));
    } catch (error) {
      run.step(resource, { status: 'CREATE_FAILED', reason: reasonOf(error, provider) });
      return 'failed';
    }
    run.note(resource, () => {
      resource.current = undefined;
    });
  }
  return make(run, resource, provider, wanted, 'CREATE');
}

async function replace(
  run: Run,
  resource: ResourceRecord,
  provider: ResourceProvider,
  wanted: Wanted,
  old: Incarnation,
): Promise<Outcome> {
  const { nameProperty } = provider;
  const name = nameProperty === undefined ? undefined : wanted.properties[nameProperty];
  if (nameProperty !== undefined && name !== undefined && name === old.properties[nameProperty]) {
    run.step(resource, {
      status: 'UPDATE_FAILED',
      reason: `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    });
    return 'failed';
  }
  run.step(resource, {
    status: 'UPDATE_IN_PROGRESS',
    reason: 'Requested update requires the creation of a new physical resource; hence creating one.',
  });
  return make(run, resource, provider, wanted, 'UPDATE');
}

/**
 * Makes a new physical resource. Its name is written down before it is made and its id as soon as it is there;
 * the old one, where there is one, stays what a rollback goes back to.
 */
async function make(
  run: Run,
  resource: ResourceRecord,
  provider: ResourceProvider,
  wanted: Wanted,
  verb: 'CREATE' | 'UPDATE',
): Promise<Outcome> {
  const cancelled = verb === 'CREATE' ? 'Resource creation cancelled' : 'Resource update cancelled';
  if ((await run.wait(startDelay, true)) === 'halted') {
    run.step(resource, { status: `${verb}_FAILED`, reason: cancelled });
    return 'failed';
  }
  const context = run.context(resource);
  try {
    const name = provider.name?.(wanted.properties, context) ?? '';
    await refuseTakenName(provider, wanted.properties, name, context);
    run.note(resource, () => {
      resource.intent = { incarnation: wanted, name };
    });
    let initiated = false;
    const made = (result: Made) => {
      if (initiated) return;
      initiated = true;
      run.step(resource, { status: `${verb}_IN_PROGRESS`, reason: 'Resource creation Initiated' }, () =>
        adopt(resource, { ...wanted, ...result, key: randomUUID() }),
      );
    };
    const result = await provider.create({ properties: wanted.properties, name, made }, context);
    made(result);
    run.note(resource, () => {
      if (resource.current !== undefined) resource.current = { ...resource.current, ...result };
    });
  } catch (error) {
    if (error instanceof Stopped) throw error;
    run.step(resource, { status: `${verb}_FAILED`, reason: reasonOf(error, provider) }, () => {
      resource.intent = undefined;
    });
    return 'failed';
  }
  const rest = Math.max(0, durationsOf(resource.type).create - startDelay);
  if ((await run.wait(rest, true)) === 'halted') {
    run.step(resource, { status: `${verb}_FAILED`, reason: cancelled });
    return 'failed';
  }
  run.step(resource, { status: `${verb}_COMPLETE` });
  return 'done';
}

/** A name of the user's own may belong to something that this stack did not make, and must not delete. */
async function refuseTakenName(
  provider: ResourceProvider,
  properties: Properties,
  name: string,
  context: ReturnType<Run['context']>,
): Promise<void> {
  if (provider.nameProperty === undefined || properties[provider.nameProperty] === undefined) return;
  if ((await provider.find?.({ properties, name }, context)) === undefined) return;
  throw new ResourceFailure(
    `Resource handler returned message: "Resource of type '${provider.type}' with identifier '${name}' already exists." (RequestToken: ${randomUUID()}, HandlerErrorCode: AlreadyExists)`,
  );
}

/** The logical id stands for a new physical resource from here on. */
export function adopt(resource: ResourceRecord, incarnation: Incarnation): void {
  const { current, stable } = resource;
  if (current !== undefined && current.key !== stable?.key) {
    resource.garbage.push({ incarnation: current, policy: 'delete' });
  }
  resource.current = incarnation;
  resource.intent = undefined;
}

async function update(
  run: Run,
  resource: ResourceRecord,
  provider: ResourceProvider,
  wanted: Wanted,
  current: Incarnation,
): Promise<Outcome> {
  run.step(resource, { status: 'UPDATE_IN_PROGRESS' });
  const cancel = (): Outcome => {
    run.step(resource, { status: 'UPDATE_FAILED', reason: 'Resource update cancelled' });
    return 'failed';
  };
  if ((await run.wait(startDelay, true)) === 'halted') return cancel();
  // An update that failed may have got anywhere between what was and what was wanted.
  const before = resource.touched ?? current.properties;
  run.note(resource, () => {
    if (current.key === resource.stable?.key) resource.touched = wanted.properties;
  });
  try {
    const { key, physicalId, attributes } = current;
    const change = { physicalId, attributes, before, after: wanted.properties };
    const updated = await provider.update?.(change, run.context(resource));
    run.note(resource, () => {
      resource.current = { ...wanted, key, physicalId, attributes: updated ?? attributes };
    });
  } catch (error) {
    run.step(resource, { status: 'UPDATE_FAILED', reason: reasonOf(error, provider) });
    return 'failed';
  }
  const rest = Math.max(0, durationsOf(resource.type).update - startDelay);
  if ((await run.wait(rest, true)) === 'halted') return cancel();
  run.step(resource, { status: 'UPDATE_COMPLETE' });
  return 'done';
}
