import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clients, createClients } from '../../../source/aws/clients.ts';
import { readSecretText } from '../../../source/deploy/providers/secret-text.ts';

/** Answers GetSecretValue as Secrets Manager does; the embedded AWS has no secrets yet. */
let server: Server;
let clients: Clients;
const asked: unknown[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    request.on('end', () => {
      const input = JSON.parse(text) as { SecretId: string };
      asked.push(input);
      const found = input.SecretId.endsWith('upstash');
      response.writeHead(found ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
      const refusal = { __type: 'ResourceNotFoundException', Message: 'no such secret' };
      response.end(JSON.stringify(found ? { SecretString: '{"key":"k1"}' } : refusal));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clients = createClients({
    kind: 'endpoint',
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
});
afterAll(() => {
  clients.destroy();
  server.close();
});

const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:upstash';

test.each([
  ['plain text', 'plain text', undefined],
  ['{{resolve:secretsmanager:upstash:SecretString}}', '{"key":"k1"}', { SecretId: 'upstash' }],
  ['{{resolve:secretsmanager:upstash:SecretString:key}}', 'k1', { SecretId: 'upstash' }],
  ['{{resolve:secretsmanager:upstash:SecretString:key::v7}}', 'k1', { SecretId: 'upstash', VersionId: 'v7' }],
  [`{{resolve:secretsmanager:${arn}:SecretString:key}}`, 'k1', { SecretId: arn }],
])('%s is %s', async (text, value, request) => {
  asked.length = 0;
  expect(await readSecretText(text, clients)).toBe(value);
  expect(asked).toEqual(request ? [request] : []);
});

test.each([
  ['{{resolve:secretsmanager:upstash:SecretString:other}}', 'it has no key "other"'],
  ['{{resolve:secretsmanager:nothing:SecretString}}', 'no such secret'],
  ['{{resolve:ssm:/a:1}}', 'it is a parameter of Systems Manager, which this step does not read'],
])('%s cannot be read: %s', async (text, why) => {
  await expect(readSecretText(text, clients)).rejects.toMatchObject({
    code: 'secret-unreadable',
    message: expect.stringContaining(why),
    hint: 'Give it with $Secret(…), and allow secretsmanager:GetSecretValue to who deploys.',
  });
});
