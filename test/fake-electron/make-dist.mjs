// Makes a folder that electron-builder takes for Electron's distribution, whose program is the
// stand-in: `node make-dist.mjs FOLDER`. It holds the sentinel that fuses are flipped behind.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const out = resolve(process.argv[2] ?? 'dist/fake-electron-dist');
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES = '101100011';
const wire = Buffer.concat([
  Buffer.from(SENTINEL),
  Buffer.from([1, FUSES.length]),
  Buffer.from(FUSES),
]);
// Playwright passes --inspect for the main process: that one is Node's here.
const script = `#!/bin/sh
I=
for a in "$@"; do case "$a" in --inspect=*) I="$a";; esac; done
exec "\${FAKE_NODE:-node}" $I "$FAKE_ELECTRON" "$(dirname "$(readlink -f "$0")")" "$@"
exit 1
`;

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'resources'), { recursive: true });
mkdirSync(join(out, 'locales'));
const program = join(out, 'electron');
writeFileSync(program, Buffer.concat([Buffer.from(script), wire, Buffer.from('\n')]));
chmodSync(program, 0o755);
for (const helper of ['chrome-sandbox', 'chrome_crashpad_handler']) {
  writeFileSync(join(out, helper), '');
  chmodSync(join(out, helper), 0o755);
}
for (const locale of ['en-US', 'pt-BR', 'de']) {
  writeFileSync(join(out, 'locales', `${locale}.pak`), locale);
}
writeFileSync(join(out, 'LICENSE'), 'MIT');
writeFileSync(join(out, 'LICENSES.chromium.html'), '');
writeFileSync(join(out, 'version'), '45.4.1');
