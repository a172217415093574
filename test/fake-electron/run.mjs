// argv: <dist folder> [electron's flags…] [app folder] [the app's options…]. Loads app.asar from
// the dist folder as Electron would, else the app folder.
import asar from '@electron/asar';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dist, ...words] = process.argv.slice(2);
const shim = new URL('./electron.mjs', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    /^electron(\/(main|common|renderer))?$/.test(specifier)
      ? { url: shim, shortCircuit: true, format: 'module' }
      : next(specifier, context),
});

function appFolder() {
  const packed = join(dist, 'resources/app.asar');
  if (!existsSync(packed)) {
    const folder = words.find((word) => !word.startsWith('-'));
    if (!folder) throw new Error('fake electron: no app');
    return resolve(folder);
  }
  process.env.FAKE_PACKAGED = '1';
  const folder = mkdtempSync(join(tmpdir(), 'asar-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  asar.extractAll(packed, folder); // what lies unpacked beside it is merged back in
  return folder;
}

const folder = appFolder();
const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
process.argv = [process.argv[0], ...words];
const { app } = await import(shim);
await import(pathToFileURL(resolve(folder, main)).href);
await app.boot();
