import { expect, test } from 'vitest';
import { createRouteTable } from '../../../source/local/services/apigateway/route-table.ts';

const table = (...keys: string[]) =>
  createRouteTable(
    keys.map((RouteKey) => ({ RouteKey, RouteId: RouteKey, Target: 'integrations/a' })),
    [{ IntegrationId: 'a' }],
  );

const documented = table(
  'GET /pets/dog/1',
  'GET /pets/dog/{id}',
  'GET /pets/{proxy+}',
  'ANY /{proxy+}',
  '$default',
);

test.each([
  // The table in AWS's own documentation of routes.
  ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
  ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
  ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
  ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
  ['GET', '/', '$default', {}],
  ['GET', '/pets/dog/a%2Fb%20c', 'GET /pets/dog/{id}', { id: 'a/b c' }],
])('%s %s goes to %s', (method, path, expected, parameters) => {
  const match = documented.match(method, path);
  expect(match?.route.RouteKey).toBe(expected);
  expect(match?.parameters).toEqual(parameters);
  expect(match?.integration).toEqual({ IntegrationId: 'a' });
});

test('the order in which routes were made does not matter', () => {
  const reversed = table(
    '$default',
    'ANY /{proxy+}',
    'GET /{proxy+}',
    'ANY /a/{id}',
    'GET /a/{id}',
    'GET /a/b',
  );
  expect(reversed.match('GET', '/a/b')?.route.RouteKey).toBe('GET /a/b');
  expect(reversed.match('GET', '/a/c')?.route.RouteKey).toBe('GET /a/{id}');
  expect(reversed.match('PUT', '/a/c')?.route.RouteKey).toBe('ANY /a/{id}');
  expect(reversed.match('GET', '/x/y')?.route.RouteKey).toBe('GET /{proxy+}');
  expect(reversed.match('PUT', '/x/y')?.route.RouteKey).toBe('ANY /{proxy+}');
});

test('what no route names is not found', () => {
  const posts = table('GET /posts', 'GET /posts/{id}');
  expect(posts.match('POST', '/posts')).toBeUndefined();
  expect(posts.match('GET', '/posts/')).toBeUndefined();
  expect(posts.match('GET', '/posts/1/comments')).toBeUndefined();
  expect(posts.match('HEAD', '/posts')).toBeUndefined();
  expect(posts.match('GET', '/Posts')).toBeUndefined();
});
