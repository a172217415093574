/**
 * The page in a real Chromium, over the real local API, with a cart of 1,000 lines and a ring of
 * 100 members. The peer behind the API keeps all in memory: this is what wire and page take, what
 * disk and network take is told by the other benches. Needs `npm run build` first.
 */
import { chromium, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../src-main/base/clock.ts';
import { createSilentLogger } from '../src-main/base/logger.ts';
import { createMetrics } from '../src-main/base/metrics.ts';
import { createSystemRandom } from '../src-main/base/random.ts';
import { createLoopbackServer } from '../src-main/shell/headless/loopback-server.ts';
import { createRouter } from '../src-main/shell/router.ts';
import { createMemoryApp } from '../test/shell/memory-app.ts';
import { ACCOUNT, emptyCart, lineView, withTotals } from '../test/shell/sample-carts.ts';
import { findChromium } from '../test/support/find-chromium.ts';
import { quantile, round } from './figures.ts';

const LINES = 1000;
const MEMBERS = 100;
const PARTITIONS = 1024;
const pageRoot = fileURLToPath(new URL('../dist/renderer', import.meta.url));
declare global {
  interface Window {
    /** From an input's time stamp to after the frame that shows it, in ms. */
    inputs: number[];
    /** When the first line of the cart was painted, in ms since the navigation. */
    firstLine: number | undefined;
  }
}

function crowdedApp(): ReturnType<typeof createMemoryApp> {
  const app = createMemoryApp();
  const call = { signal: new AbortController().signal };
  void app.ring.create({ name: 'Home', n: 3, r: 2, w: 2 } as never, call as never);
  const lines = Array.from({ length: LINES }, (_, at) => {
    const product = { title: `Thing ${at}`, price: { amount: 199 + at, currency: 'BRL' } };
    return lineView({ product, quantity: 1 + (at % 5), note: '' }, at);
  });
  app.memory.carts.set('c1', withTotals({ ...emptyCart('c1', 'Groceries'), lines }));
  const members = Array.from({ length: MEMBERS }, (_, at) => ({
    ...{ peerId: `12D3KooWMember${at}`, name: `machine ${at}`, own: at === 0, admin: at === 0 },
    ...{ state: 'up' as const, capacity: 1, steady: at < 3, zone: '', connected: at % 7 !== 0 },
    ...{ addresses: [`/ip4/10.0.0.${at}/tcp/4100`], roundTripMs: at / 3, share: 0.03, hints: 0 },
  }));
  const kept = members.map(({ peerId }) => ({
    ...{ peerId, accounts: 30, items: 900, bytes: 4_000_000, known: 1 },
  }));
  const arcs = Array.from({ length: PARTITIONS }, (_, at) => ({
    ...{ member: (at * 37) % MEMBERS, from: at, to: at + 1 },
  }));
  const ring = { partitions: PARTITIONS, members: members.map((m) => m.peerId), arcs, copies: 3 };
  return {
    ...app,
    ring: { ...app.ring, members: () => members },
    picture: { ...app.picture, ring: () => ring, kept: () => kept },
  };
}

/** Runs in the page before anything of it: notes each input and the paint after it. */
function watchInputs(): void {
  window.inputs = [];
  const afterPaint = (then: () => void): void => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(undefined);
    });
  };
  for (const type of ['keydown', 'click']) {
    const note = ({ timeStamp }: Event): void => {
      afterPaint(() => window.inputs.push(performance.now() - timeStamp));
    };
    window.addEventListener(type, note, { capture: true });
  }
  const observer = new MutationObserver(() => {
    if (document.querySelector('[data-line]') === null) return;
    observer.disconnect();
    afterPaint(() => {
      window.firstLine = performance.now();
    });
  });
  observer.observe(document, { childList: true, subtree: true });
}

type Deed = (page: Page, at: number) => Promise<void>;

/** Found by plain selectors: searching 1,000 lines by role would itself be what is measured. */
const deeds: Readonly<Record<string, Deed>> = {
  'a letter typed': async (page, at) => {
    await page
      .locator('form input')
      .first()
      .press('abcdefghij'.charAt(at % 10));
  },
  'one more of a line': (page, at) =>
    page.locator(`[data-line="l${at + 1}"] .stepper button:last-of-type`).click(),
  'a line moved by keyboard': async (page, at) => {
    await page.locator('[data-line="l6"] > button').focus();
    await page.keyboard.press(at % 2 === 0 ? 'Space' : 'ArrowDown');
  },
  'to the machines and back': async (page, at) => {
    const there = at % 2 === 0;
    await page
      .locator(`nav a[href="${there ? '#/peers' : '#/cart'}"]`)
      .first()
      .click();
    await page
      .locator(there ? 'svg g.seat' : '[data-line="l6"]')
      .first()
      .waitFor();
  },
};

async function measure(page: Page, deed: Deed, count: number): Promise<number[]> {
  for (let at = 0; at < 4; at++) await deed(page, at);
  await page.evaluate(() => {
    window.inputs = [];
  });
  for (let at = 0; at < count; at++) {
    await deed(page, at);
    await page.waitForFunction((least) => window.inputs.length >= least, at + 1);
  }
  return page.evaluate(() => window.inputs);
}

export async function benchPage({ short }: { short: boolean }): Promise<void> {
  const app = crowdedApp();
  const [logger, clock, metrics] = [createSilentLogger(), createSystemClock(), createMetrics()];
  const router = createRouter({ app, logger, metrics, clock });
  const server = createLoopbackServer(
    { pageRoot, version: 'bench' },
    { router, metrics, logger, clock, random: createSystemRandom() },
  );
  await server.start();
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, locale: 'en-US' });
    await page.addInitScript(watchInputs);
    const firstLine: number[] = [];
    for (let at = 0; at < (short ? 3 : 7); at++) {
      await page.goto('about:blank');
      await page.goto(`${server.origin}/#token=${server.token}`);
      await page.waitForFunction(() => window.firstLine !== undefined);
      firstLine.push(await page.evaluate(() => window.firstLine ?? Number.NaN));
    }
    const figures: Record<string, number[]> = { 'first line of the cart': firstLine };
    for (const [name, deed] of Object.entries(deeds)) {
      figures[name] = await measure(page, deed, short ? 10 : 40);
    }
    report(figures);
  } finally {
    await browser.close();
    await server.stop();
  }
}

function report(figures: Readonly<Record<string, readonly number[]>>): void {
  const rows = Object.entries(figures).map(([what, ms]) => ({
    what,
    n: ms.length,
    p50Ms: round(quantile(ms, 0.5)),
    p95Ms: round(quantile(ms, 0.95)),
  }));
  console.log(`A cart of ${LINES} lines (account ${ACCOUNT.slice(0, 4)}…), ${MEMBERS} members`);
  console.log('input to paint'.padEnd(28), 'n'.padStart(5), 'p50 ms'.padStart(9), 'p95 ms');
  for (const { what, n, p50Ms, p95Ms } of rows) {
    console.log(what.padEnd(28), `${n}`.padStart(5), `${p50Ms}`.padStart(9), `${p95Ms}`);
  }
  console.log(JSON.stringify({ bench: 'page', lines: LINES, members: MEMBERS, rows }));
}
