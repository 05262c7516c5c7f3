import { expect, test } from 'vitest';
import { functionWith, read, report } from './read.ts';

test('not YAML', () => {
  expect(report('resources: [\n  a: {\n')).toMatchInlineSnapshot(`
    "
    stacktape.yml:3:1 error yaml-syntax
    Flow map in block collection must be sufficiently indented and end with a }.

      1 | resources: [
      2 |   a: {
    > 3 |
        | ^

      Check how far the line is indented.
    "
  `);
});

test('a tab in the indent', () => {
  expect(report('resources:\n\tapi:\n\t\ttype: http-api-gateway\n')).toMatchInlineSnapshot(`
    "
    stacktape.yml:2:1 error tab-indent
    A tab is used to indent; YAML allows spaces only.

      1 | resources:
    > 2 | 	api:
        | ^
      3 | 		type: http-api-gateway

      Replace the tab with spaces.

    stacktape.yml:3:1 error tab-indent
    A tab is used to indent; YAML allows spaces only.

      1 | resources:
      2 | 	api:
    > 3 | 		type: http-api-gateway
        | ^^

      Replace the tab with spaces.
    "
  `);
});

/** The lists of types and properties grow. */
const shortened = (text: string): string => text.replace(/(one of (?:function|packaging)), .*/, '$1, …');

test('an unknown type', () => {
  expect(shortened(report('resources:\n  api:\n    type: http-api-gatway\n'))).toMatchInlineSnapshot(`
    "
    stacktape.yml:3:11 error unknown-type
    Resource api: unknown resource type "http-api-gatway".

      1 | resources:
      2 |   api:
    > 3 |     type: http-api-gatway
        |           ^^^^^^^^^^^^^^^

      expected: one of function, …
      Did you mean "http-api-gateway"?
    "
  `);
});

test('a type of Stacktape that is not here yet', () => {
  expect(shortened(report('resources:\n  files:\n    type: web-service\n'))).toMatchInlineSnapshot(`
    "
    stacktape.yml:3:11 error unsupported-type
    Resource files: the resource type "web-service" is not supported by this version yet.

      1 | resources:
      2 |   files:
    > 3 |     type: web-service
        |           ^^^^^^^^^^^

      expected: one of function, …
      Leave it out, or write what it consists of in "cloudformationResources".
    "
  `);
});

test('a misspelt property', () => {
  expect(shortened(report(functionWith('      memry: 512\n')))).toMatchInlineSnapshot(`
    "
    stacktape.yml:12:7 error unknown-property
    Function getPosts: unknown property "memry".

      10 |     properties:
      11 |       packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/get-posts.ts } }
    > 12 |       memry: 512
         |       ^^^^^

      expected: one of packaging, …
      Did you mean "memory"?
    "
  `);
});

test('a wrong type', () => {
  expect(report(functionWith('      memory: lots\n      timeout: "10"\n'))).toMatchInlineSnapshot(`
    "
    stacktape.yml:12:15 error wrong-type
    Function getPosts: "memory" has to be an integer, not the text "lots".

      10 |     properties:
      11 |       packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/get-posts.ts } }
    > 12 |       memory: lots
         |               ^^^^
      13 |       timeout: "10"

      expected: an integer from 128 to 10240

    stacktape.yml:13:16 error wrong-type
    Function getPosts: "timeout" has to be an integer, not the text "10".

      11 |       packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/get-posts.ts } }
      12 |       memory: lots
    > 13 |       timeout: "10"
         |                ^^^^

      expected: an integer from 1 to 900
      Write 10 without quotes.
    "
  `);
});

test("CloudFormation's own functions in the place of directives", () => {
  const text = functionWith(`      memory: !Ref Size
      environment: [{ name: A, value: !GetAtt Topic.TopicArn }]
      tags: [{ name: a, value: !Sub 'a' }]
`);
  const { problems } = read(text);
  expect(problems.map(({ code, suggestion }) => `${code} ${suggestion}`)).toEqual(
    Array(3).fill(
      "wrong-type CloudFormation's functions stand in \"cloudformationResources\" and \"overrides\"; here a directive says it, such as $CfResourceParam('Topic', 'Arn').",
    ),
  );
});

test('a missing entry file', () => {
  expect(report(functionWith(''), { pathKind: () => undefined })).toMatchInlineSnapshot(`
    "
    stacktape.yml:11:83 error missing-entry-file
    Function getPosts: entryfilePath "src/get-posts.ts" does not exist or cannot be read.

       9 |     type: function
      10 |     properties:
    > 11 |       packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/get-posts.ts } }
         |                                                                                   ^^^^^^^^^^^^^^^^

      Paths are relative to the folder of the config.
    "
  `);
});

test('references to nothing', () => {
  const text = functionWith(`      connectTo:
        - post
      environment:
        - name: TABLE
          value: $ResourceParam('post', 'name')
        - name: TABLE_URL
          value: https://example.com/$ResourceParam('posts', 'nam')
      events:
        - type: http-api-gateway
          properties:
            httpApiGatewayName: apis
            method: GET
            path: /posts
`);
  expect(report(text)).toMatchInlineSnapshot(`
    "
    stacktape.yml:13:11 error unknown-resource
    Function getPosts: "connectTo" names "post", and there is no such resource in the config.

      11 |       packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/get-posts.ts } }
      12 |       connectTo:
    > 13 |         - post
         |           ^^^^
      14 |       environment:
      15 |         - name: TABLE

      expected: one of posts, getPosts, aws:ses
      Did you mean "posts"?

    stacktape.yml:16:33 error unknown-resource
    Function getPosts: could not resolve resource "post" referenced by $ResourceParam directive.

      14 |       environment:
      15 |         - name: TABLE
    > 16 |           value: $ResourceParam('post', 'name')
         |                                 ^^^^^^
      17 |         - name: TABLE_URL
      18 |           value: https://example.com/$ResourceParam('posts', 'nam')

      expected: one of api, posts, getPosts
      Did you mean "posts"?

    stacktape.yml:18:62 error unknown-param
    Function getPosts: parameter "nam" is not referencable on resource "posts".

      16 |           value: $ResourceParam('post', 'name')
      17 |         - name: TABLE_URL
    > 18 |           value: https://example.com/$ResourceParam('posts', 'nam')
         |                                                              ^^^^^
      19 |       events:
      20 |         - type: http-api-gateway

      expected: one of name, arn
      Did you mean "name"?

    stacktape.yml:22:33 error unknown-resource
    Function getPosts: "httpApiGatewayName" names "apis", and there is no such resource in the config.

      20 |         - type: http-api-gateway
      21 |           properties:
    > 22 |             httpApiGatewayName: apis
         |                                 ^^^^
      23 |             method: GET
      24 |             path: /posts

      expected: a resource of type http-api-gateway: api
      Did you mean "api"?
    "
  `);
});

test('two functions on one route', () => {
  const text = functionWith(`      events:
        - type: http-api-gateway
          properties: { httpApiGatewayName: api, method: GET, path: /posts }
  listPosts:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/list-posts.ts } }
      events:
        - type: http-api-gateway
          properties: { httpApiGatewayName: api, method: GET, path: /posts }
`);
  expect(report(text)).toMatchInlineSnapshot(`
    "
    stacktape.yml:21:69 error duplicate-route
    Function listPosts: route "GET /posts" of api is taken already by function getPosts.

      19 |       events:
      20 |         - type: http-api-gateway
    > 21 |           properties: { httpApiGatewayName: api, method: GET, path: /posts }
         |                                                                     ^^^^^^

      see stacktape.yml:14:69: "GET /posts" is taken here
      Change the method or the path of one of them.
    "
  `);
});

test('a text without a mapping, and nothing at all', () => {
  expect(report('just words\n')).toMatchInlineSnapshot(`
    "
    stacktape.yml:1:1 error not-a-mapping
    The config has to be a mapping, not a single value.

    > 1 | just words
        | ^^^^^^^^^^

      expected: a mapping with "resources"
    "
  `);
  expect(report('# only a comment\n')).toMatchInlineSnapshot(`
    "
    stacktape.yml:1:1 error empty-config
    The config is empty.

    > 1 | # only a comment
        | ^

      expected: a mapping with "resources"
    "
  `);
});
