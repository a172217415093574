import { expect, test } from '@playwright/test';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ELECTRON_HOSTS } from './electron-hosts.ts';

/** What electron-builder packs, looked into as CI does it on all three systems. */

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const packed = ELECTRON_HOSTS.find(({ name }) => name === 'the stand-in, packaged app.asar');
const reason = packed === undefined ? 'no packaged host' : packed.whyNot();

function check(folder: string): { status: number | null; said: string } {
  const words = [at('test/check-package.mjs'), folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

test.describe('the packed app', () => {
  test.skip(reason !== undefined, reason ?? '');
  let copy: string;
  test.beforeAll(() => {
    packed?.prepare();
    copy = mkdtempSync(join(tmpdir(), 'carrossel-packed-'));
  });
  test.afterAll(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  test('holds what it needs and nothing else, natives unpacked, fuses set', async () => {
    expect(check(at('dist/packages'))).toMatchObject({ status: 0 });
    // And the check itself notices.
    const folder = join(copy, 'linux-unpacked');
    cpSync(at('dist/packages/linux-unpacked'), folder, { recursive: true });
    await flipFuses(join(folder, 'carrossel'), {
      version: FuseVersion.V1,
      [FuseV1Options.RunAsNode]: true,
    });
    rmSync(join(folder, 'resources/app.asar.unpacked/node_modules/sodium-native'), {
      recursive: true,
    });
    const { status, said } = check(copy);
    expect(status).toBe(1);
    expect(said).toContain('WRONG fuse RunAsNode');
    expect(said).toContain('WRONG sodium-native lies unpacked');
  });

  test('starts, and its peer answers; one that cannot is noticed', () => {
    const start = (folder: string): { status: number | null; said: string } => {
      const words = [at('test/start-package.mjs'), folder];
      const env = { ...process.env, ...packed?.env };
      const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8', env });
      return { status, said: stdout };
    };
    const fine = start(at('dist/packages'));
    expect(fine.said).toContain('ok    the packed app starts');
    expect(fine.status).toBe(0);
    const folder = join(copy, 'without', 'linux-unpacked');
    cpSync(at('dist/packages/linux-unpacked'), folder, { recursive: true });
    rmSync(join(folder, 'resources/app.asar'));
    const broken = start(join(copy, 'without'));
    expect(broken.said).toContain('WRONG no peer');
    expect(broken.status).toBe(1);
  });

  test('has icons for the three systems, made from one drawing', () => {
    const first = (path: string, bytes: number): string =>
      readFileSync(at(`src-main/assets/${path}`))
        .subarray(0, bytes)
        .toString('latin1');
    expect(first('icon.icns', 4)).toBe('icns');
    expect(first('icon.ico', 4)).toBe('\0\0\x01\0');
    for (const size of [16, 32, 48, 64, 128, 256, 512]) {
      const path = `src-main/assets/icons/${size}x${size}.png`;
      expect(existsSync(at(path))).toBe(true);
      const png = readFileSync(at(path));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
  });
});
