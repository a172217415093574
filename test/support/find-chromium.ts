import { existsSync } from 'node:fs';

/**
 * Where a Chromium is on this machine: $CHROMIUM, Debian's, Chrome; undefined leaves it to
 * Playwright.
 */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  return [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => existsSync(path));
}
