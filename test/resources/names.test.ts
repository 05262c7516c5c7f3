import { describe, expect, test } from 'vitest';
import { createNames, fitName, pascalCase, shortHash } from '../../source/resources/names.ts';

const names = createNames('blog-dev');

test.each([
  ['myLambda', 'MyLambda'],
  ['myAPIGateway', 'MyApiGateway'],
  ['DBCluster', 'DbCluster'],
  ['S3GatewayVPCEndpoint', 'S3GatewayVpcEndpoint'],
  ['api2', 'Api2'],
  ['myHttpApi-GET-/hello/{id}', 'MyHttpApiGetHelloId'],
  ['v1/2', 'V12'],
  ['x', 'X'],
])('%s is %s', (text, expected) => {
  expect(pascalCase(text)).toBe(expected);
});

test('logical ids are alphanumeric whatever the path', () => {
  for (const path of ['/ä/ö', '/a_b-c.d~e', '/$x', '/{proxy+}', '/']) {
    const id = names.logicalId(undefined, 'AWS::ApiGatewayV2::Route', { specifier: `api-GET-${path}` });
    expect(id).toMatch(/^StpApiGet[A-Za-z0-9]*Route$/);
  }
});

describe('names of resources', () => {
  test('logical ids as the specification has them', () => {
    expect(names.logicalId('myLambda', 'AWS::Lambda::Function')).toBe('MyLambdaFunction');
    expect(names.logicalId('myLambda', 'AWS::Events::Rule', { specifier: 'event0' })).toBe(
      'MyLambdaEvent0Rule',
    );
    expect(names.logicalId('myDb', 'AWS::RDS::DBCluster')).toBe('MyDbDbCluster');
    expect(names.logicalId(undefined, 'AWS::EC2::Subnet', { specifier: 'public', index: 1 })).toBe(
      'StpPublicSubnet1',
    );
  });

  test('variables of connected resources', () => {
    expect(names.variable('mainDynamoDbTable', 'NAME')).toBe('STP_MAIN_DYNAMO_DB_TABLE_NAME');
    expect(names.variable('postsV2', 'STREAM_ARN')).toBe('STP_POSTS_V2_STREAM_ARN');
  });

  test('a name that is too long is cut and told apart by a hash of the whole', () => {
    const long = 'a'.repeat(80);
    expect(names.physicalName(long, 64)).toHaveLength(64);
    expect(names.physicalName(long, 64)).toMatch(/^blog-dev-a+-[0-9a-f]{6}$/);
    expect(names.physicalName(`${long}b`, 64)).not.toBe(names.physicalName(`${long}c`, 64));
    expect(fitName('exactly', 7)).toBe('exactly');
    // shake256 of 80 letters, three bytes, as `openssl dgst -shake256 -xoflen 3` has it.
    expect(fitName(long, 64)).toBe(`${'a'.repeat(57)}-bb093b`);
  });

  test('a short hash is eight digits of 32 bits', () => {
    expect(shortHash('')).toBe('00001505');
    expect(shortHash('a')).toBe('0002b5c4');
    expect(shortHash('x'.repeat(1000))).toMatch(/^[0-9a-f]{8}$/);
  });
});
