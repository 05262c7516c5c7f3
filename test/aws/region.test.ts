import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resolveRegion } from '../../source/aws/region.ts';
import { UserError } from '../../source/model/errors.ts';

beforeEach(() => {
  // The SDK keeps shared config files by path, so each test has paths of its own.
  const folder = mkdtempSync(join(tmpdir(), 'stp-region-'));
  const config = join(folder, 'config');
  writeFileSync(
    config,
    '[default]\nregion = eu-north-1\n[profile other]\nregion = sa-east-1\n[profile bare]\n',
  );
  vi.stubEnv('AWS_CONFIG_FILE', config);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
});
afterEach(() => vi.unstubAllEnvs());

test('the flag wins over the environment, the environment over the profile', async () => {
  const env = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' };
  expect(await resolveRegion({ region: 'us-east-2', env })).toBe('us-east-2');
  expect(await resolveRegion({ env })).toBe('eu-west-1');
  expect(await resolveRegion({ env: { AWS_DEFAULT_REGION: 'eu-west-2' } })).toBe('eu-west-2');
  expect(await resolveRegion({ env: {} })).toBe('eu-north-1');
  expect(await resolveRegion({ env: { AWS_PROFILE: 'other' } })).toBe('sa-east-1');
  expect(await resolveRegion({ profile: 'other', env: {} })).toBe('sa-east-1');
});

test('no Region anywhere is an error of use that says how to name one', async () => {
  const error = await resolveRegion({ profile: 'bare', env: {} }).catch((one: unknown) => one);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code: 'no-region', exitCode: 2 });
  expect((error as UserError).hint).toContain('--region');
});

test('what is no Region is refused before anything is sent to it', async () => {
  await expect(resolveRegion({ region: 'europe' })).rejects.toMatchObject({ code: 'invalid-region' });
});
