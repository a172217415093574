import { defineConfig } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { findChromium } from './support/find-chromium.ts';

const chromium = findChromium();

/** Real processes and a real browser. One at a time: several peers share the machine already. */
export default defineConfig({
  testDir: './e2e',
  outputDir: fileURLToPath(new URL('../dist/test-results/e2e', import.meta.url)),
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env['CI'] !== undefined,
  // Where the results go is said by PLAYWRIGHT_JSON_OUTPUT_NAME; without it nobody wants them.
  reporter:
    process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] === undefined ? [['list']] : [['list'], ['json']],
  use: {
    headless: true,
    viewport: { width: 1100, height: 760 },
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      chromiumSandbox: process.getuid?.() !== 0,
      args: ['--force-color-profile=srgb', '--font-render-hinting=none'],
    },
  },
});
