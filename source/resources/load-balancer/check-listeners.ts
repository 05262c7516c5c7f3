import type { LocalFinding } from '../../model/descriptor.ts';
import { type Listener, listenersOf, type WithListeners } from './listeners.ts';

export function* checkListeners({ listeners = [], customDomains }: WithListeners): Iterable<LocalFinding> {
  for (const [index, listener] of listeners.entries()) {
    const { protocol, customCertificateArns } = listener;
    yield* checkRedirect(listener, index);
    if (protocol === 'HTTPS' && !customCertificateArns && !customDomains) {
      yield {
        code: 'missing-certificate',
        path: ['listeners', index],
        message: 'A listener with HTTPS needs "customCertificateArns", or the load balancer "customDomains".',
        expected: 'the ARN of a certificate of AWS Certificate Manager',
      };
    }
    if (protocol === 'HTTP' && customCertificateArns) {
      yield {
        code: 'conflicting-properties',
        path: ['listeners', index, 'customCertificateArns'],
        at: 'key',
        message: 'A listener with HTTP has no certificates.',
        suggestion: 'Set protocol: HTTPS.',
      };
    }
  }
}

function* checkRedirect({ port, protocol, defaultAction }: Listener, index: number): Iterable<LocalFinding> {
  const to = defaultAction?.properties;
  if (!to) return;
  const isSame = [
    [to.protocol, protocol],
    [to.port, port],
    [to.host, '#{host}'],
    [to.path, '/#{path}'],
    [to.query, '#{query}'],
  ].every(([target, own]) => target === undefined || target === own);
  if (isSame) {
    yield {
      code: 'redirect-loop',
      path: ['listeners', index, 'defaultAction', 'properties'],
      at: 'key',
      message: 'This redirect sends clients to where they are, again and again.',
      expected: 'another protocol, port, host, path or query',
    };
  }
  if (to.protocol === 'HTTP' && protocol === 'HTTPS') {
    yield {
      code: 'redirect-downgrade',
      path: ['listeners', index, 'defaultAction', 'properties', 'protocol'],
      message: 'A load balancer redirects nobody from HTTPS to HTTP.',
      expected: 'HTTPS',
    };
  }
}

/** What is wrong with the port that an event or a CDN names; `path` leads to what has `listenerPort`. */
export function* checkListenerPort(
  { name, properties }: { name: string; properties: WithListeners },
  listenerPort: number | undefined,
  path: readonly (string | number)[] = [],
): Iterable<LocalFinding> {
  const ports = listenersOf(properties).map(({ port }) => port);
  const expected = `one of ${ports.join(', ')}`;
  const at = [...path, 'listenerPort'];
  if (!properties.listeners && listenerPort !== undefined) {
    yield {
      code: 'listener-port',
      path: at,
      at: 'key',
      message: `"listenerPort" is for load balancers with "listeners", and ${name} has none.`,
      suggestion: 'Remove it.',
    };
  } else if (properties.listeners && listenerPort === undefined) {
    yield {
      code: 'listener-port',
      path,
      at: 'key',
      message: `Load balancer ${name} has "listeners": "listenerPort" has to say which one.`,
      expected,
    };
  } else if (listenerPort !== undefined && !ports.includes(listenerPort)) {
    yield {
      code: 'listener-port',
      path: at,
      message: `Load balancer ${name} has no listener at port ${listenerPort}.`,
      expected,
    };
  }
}
