// Makes the app's icons from src-renderer/icon.svg: `npm run icons`. PNG for Linux and the window,
// ICO for Windows, ICNS for macOS; both containers hold the same PNGs. Drawn by Chromium.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { findChromium } from '../../test/support/find-chromium.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const svg = readFileSync(join(here, '../../src-renderer/icon.svg'), 'utf8');
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Sizes that Windows asks for. */
const ICO = [16, 24, 32, 48, 64, 128, 256];
/** ICNS type of each size; those with @2x hold the double. */
const ICNS = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['icp6', 64],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
];

async function draw() {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  const drawn = new Map();
  for (const size of SIZES) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<style>html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
    );
    drawn.set(size, await page.screenshot({ omitBackground: true }));
    await page.close();
  }
  await browser.close();
  return drawn;
}

/** A directory of 16 bytes for each picture, then the pictures. */
function ico(pngs) {
  const head = Buffer.alloc(6 + 16 * ICO.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(ICO.length, 4);
  let at = head.length;
  ICO.forEach((size, i) => {
    const entry = 6 + 16 * i;
    const { length } = pngs.get(size);
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += length;
  });
  return Buffer.concat([head, ...ICO.map((size) => pngs.get(size))]);
}

/** `icns`, length of all, then each picture with its type and length. */
function icns(pngs) {
  const parts = ICNS.map(([type, size]) => {
    const png = pngs.get(size);
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(8 + parts.reduce((sum, { length }) => sum + length, 0), 4);
  return Buffer.concat([head, ...parts]);
}

const pngs = await draw();
mkdirSync(join(here, 'icons'), { recursive: true });
for (const size of SIZES.filter((one) => one <= 512)) {
  writeFileSync(join(here, 'icons', `${size}x${size}.png`), pngs.get(size));
}
writeFileSync(join(here, 'icon.ico'), ico(pngs));
writeFileSync(join(here, 'icon.icns'), icns(pngs));
console.log(`icons of ${SIZES.join(', ')} pixels`);
