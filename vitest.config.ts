import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', ['json', { outputFile: '.cache/test-report.json' }]],
    projects: [
      {
        // The tests run React's production build, which has no `jsxDEV`.
        oxc: { jsx: { runtime: 'automatic', development: false } },
        test: {
          name: 'rooms',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/e2e/**'],
          pool: 'forks',
          testTimeout: 30_000,
          env: { NO_COLOR: '', FORCE_COLOR: '1', TZ: 'UTC', NODE_ENV: 'production' },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/pack-program.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
