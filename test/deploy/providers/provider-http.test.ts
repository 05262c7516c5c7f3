import { beforeAll, beforeEach, expect, test } from 'vitest';
import { providerHttp } from '../../../source/deploy/providers/provider-http.ts';
import { type FakeAnswer, type ProviderFake, startProviderFake } from './provider-fake.ts';

let fake: ProviderFake;
/** Answers that come before `{"ok": true}`. */
let answers: FakeAnswer[] = [];
beforeAll(async () => {
  fake = await startProviderFake(
    () => undefined,
    () => answers.shift() ?? { status: 200, body: { ok: true } },
  );
});
beforeEach(() => {
  answers = [];
  fake.requests.length = 0;
});

const http = (signal = new AbortController().signal) =>
  providerHttp({
    title: 'Somebody',
    baseUrl: `${fake.address}/v1/`,
    messageOf: (body) => (body as { error?: string } | undefined)?.error,
    fetch,
    signal,
    pollInterval: 5,
  });

test('where the provider is busy the same is asked again', async () => {
  answers = [{ status: 503 }, { status: 429, body: { error: 'slow down' } }];
  expect(await http().send({ method: 'POST', path: '/things', body: {} })).toEqual({ ok: true });
  expect(fake.requests).toEqual(Array(3).fill('POST /v1/things'));
});

test('what stays busy is told in its words', async () => {
  answers = Array(4).fill({ status: 429, body: { error: 'slow down' } });
  await expect(http().send({ method: 'GET', path: '/things' })).rejects.toMatchObject({
    code: 'provider-refused',
    message: 'Somebody refuses (429): slow down',
    exitCode: 1,
  });
});

test.each([401, 403])('%i is about the account', async (status) => {
  answers = [{ status, body: { error: 'no' } }];
  await expect(http().send({ method: 'GET', path: '/things' })).rejects.toMatchObject({
    code: 'provider-credentials',
    message: 'Somebody refuses the account of "providerConfig": no',
  });
});

test('what is not there is undefined where that is asked for, and an error elsewhere', async () => {
  answers = [{ status: 404 }, { status: 404, body: { error: 'no such thing' } }];
  expect(await http().send({ method: 'GET', path: '/things/1', orNothing: true })).toBeUndefined();
  await expect(http().send({ method: 'GET', path: '/things/1' })).rejects.toThrow(
    'Somebody refuses (404): no such thing',
  );
});

test('nothing is asked once the operation is over', async () => {
  const ended = AbortSignal.abort();
  await expect(http(ended).send({ method: 'DELETE', path: '/things/1' })).rejects.toThrow();
  expect(fake.requests).toEqual([]);
});
