// Looks into what electron-builder has packed (dist/packages): what is in app.asar and what must
// not be, that native modules lie unpacked, and how the fuses stand. Prints one line for each
// finding and ends with 1 if something is wrong. `node test/check-package.mjs [FOLDER]`.
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packedApps } from './packed-apps.mjs';

const packages = process.argv[2] ?? fileURLToPath(new URL('../dist/packages', import.meta.url));

const NEEDED = [
  'package.json',
  'dist/main/electron.js',
  'dist/main/peer-process.js',
  'dist/main/function-guest.cjs',
  // The types of `carrossel/function`, for whoever writes one.
  'dist/main/carrossel-function.d.ts',
  'dist/preload/preload.cjs',
  'dist/renderer/index.html',
  'src-main/assets/icons/256x256.png',
  'node_modules/classic-level/package.json',
  'node_modules/sodium-native/package.json',
];
const ALLOWED = [
  /^package\.json$/,
  /^dist(\/(main|preload|renderer)(\/.*)?)?$/,
  /^src-main(\/assets(\/icons(\/256x256\.png)?)?)?$/,
  /^node_modules(\/.*)?$/,
];
const NEVER = [
  /\.map$/,
  /^node_modules\/(node-linux|electron|vite|@orpc|libp2p)/,
  /^(?!dist\/main\/carrossel-function\.d\.ts$).*\.(ts|svelte)$/,
];
const FUSES = {
  RunAsNode: FuseState.DISABLE,
  EnableCookieEncryption: FuseState.ENABLE,
  EnableNodeOptionsEnvironmentVariable: FuseState.DISABLE,
  EnableNodeCliInspectArguments: FuseState.DISABLE,
  EnableEmbeddedAsarIntegrityValidation: FuseState.ENABLE,
  OnlyLoadAppFromAsar: FuseState.ENABLE,
  LoadBrowserProcessSpecificV8Snapshot: FuseState.DISABLE,
  GrantFileProtocolExtraPrivileges: FuseState.DISABLE,
};

const wrong = [];
const say = (fine, text) => {
  console.log(`${fine ? 'ok   ' : 'WRONG'} ${text}`);
  if (!fine) wrong.push(text);
};

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name)).isFile());
}

async function check(folder, { program, resources }) {
  const archive = join(folder, resources, 'app.asar');
  const held = listPackage(archive, { isPack: false }).map((name) =>
    name.replace(/^[\\/]/, '').replaceAll('\\', '/'),
  );
  for (const name of NEEDED) say(held.includes(name), `app.asar holds ${name}`);
  const strays = held.filter(
    (name) => !ALLOWED.some((one) => one.test(name)) || NEVER.some((no) => no.test(name)),
  );
  // Type declarations of packages are small and harmless, and not ours to cut.
  const ours = strays.filter((name) => !/^node_modules\/.*\.d\.[cm]?ts$/.test(name));
  say(
    ours.length === 0,
    `app.asar holds nothing else${ours.length ? `: ${ours.slice(0, 5)}` : ''}`,
  );
  const loose = filesIn(join(folder, resources, 'app.asar.unpacked'));
  for (const name of ['classic-level', 'sodium-native']) {
    const found = loose.filter((file) => file.includes(`${name}${sep}prebuilds`));
    say(
      found.some((file) => file.endsWith('.node')),
      `${name} lies unpacked (${found.length})`,
    );
  }
  const other = loose.filter((file) => !file.endsWith('.node'));
  say(other.length === 0, `nothing but native modules lies unpacked ${other.join(', ')}`);
  const wire = await getCurrentFuseWire(join(folder, program));
  for (const [name, state] of Object.entries(FUSES)) {
    const is = wire[FuseV1Options[name]];
    say(is === state, `fuse ${name} is ${state === FuseState.ENABLE ? 'on' : 'off'}`);
  }
}

const found = packedApps(packages);
say(found.length > 0, `there is a packed app in ${relative(process.cwd(), packages) || packages}`);
for (const { folder, program, resources } of found) await check(folder, { program, resources });
process.exitCode = wrong.length === 0 ? 0 : 1;
