import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const entry = at('src-main/shell/cli/carrossel.mjs');

it('starts from any folder and ends with the status of the command', () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [entry, ...words], { cwd: '/', encoding: 'utf8' });
  const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };
  expect(run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  expect(run('cart')).toMatchObject({ status: 2 });
  expect(run('cart', 'list', '--data', '/nonexistent')).toMatchObject({ status: 3, stdout: '' });
});

it('is written so that an old Node can read it', () => {
  for (const name of ['carrossel.mjs', 'newest-change.mjs', 'start.mjs']) {
    const code = readFileSync(at(`src-main/shell/cli/${name}`), 'utf8');
    expect(code).not.toMatch(
      /\?\?=|\|\|=|&&=|withResolvers|import\.meta\.(dirname|filename)|using /,
    );
  }
});
