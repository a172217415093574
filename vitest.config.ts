import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findChromium } from './test/support/find-chromium.ts';
import { pageDependencies } from './test/support/page-dependencies.ts';

const chromium = findChromium();
const asRoot = process.getuid?.() === 0;

/** Two projects: `node` for everything up to the shell, `browser` for Svelte in a real Chromium. */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/ui/**', 'test/e2e/**', 'node_modules/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        plugins: [
          svelte({
            configFile: false,
            dynamicCompileOptions: ({ filename }: { filename: string }) =>
              filename.includes('node_modules') ? undefined : { runes: true },
          }),
        ],
        optimizeDeps: { include: [...pageDependencies(import.meta.dirname)] },
        test: {
          name: 'browser',
          include: ['test/ui/**/*.test.ts'],
          testTimeout: 30_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(chromium === undefined ? {} : { executablePath: chromium }),
                args: asRoot ? ['--no-sandbox'] : [],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
