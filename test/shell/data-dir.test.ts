import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { dataDirOf } from '../../src-main/shell/data-dir.ts';

const world = (platform: NodeJS.Platform, env: Record<string, string> = {}) => ({
  platform,
  homeDir: join('/home', 'ana'),
  env,
});

it('puts data where the system keeps it, unless told otherwise', () => {
  expect(dataDirOf(undefined, world('linux'))).toBe('/home/ana/.local/share/carrossel');
  expect(dataDirOf(undefined, world('linux', { XDG_DATA_HOME: '/data' }))).toBe('/data/carrossel');
  expect(dataDirOf(undefined, world('darwin'))).toBe(
    '/home/ana/Library/Application Support/Carrossel',
  );
  expect(dataDirOf(undefined, world('win32', { LOCALAPPDATA: '/local' }))).toBe('/local/Carrossel');
  expect(dataDirOf('here', world('linux'))).toBe(resolve('here'));
  expect(dataDirOf(undefined, world('linux', { CARROSSEL_DATA: '/else' }))).toBe('/else');
  expect(dataDirOf('', world('linux', { CARROSSEL_DATA: '' }))).toBe(
    '/home/ana/.local/share/carrossel',
  );
});
