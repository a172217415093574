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
/** Between two inputs: somebody who is quick with the mouse. Answers of the peer come meanwhile. */
const PACE_MS = 120;
const LIMIT_MS = 30_000;

/** What the page shows of each thing that is done, as words; undefined: nothing of it yet. */
type Looks = Readonly<Record<string, () => string | undefined>>;
declare global {
  interface Window {
    /** Of the next input: from its time stamp to after the frame that shows what it does, in ms. */
    toPaint: Promise<number>;
    /** The next input is meant to change what this looks like. */
    arm(look: string): void;
    /** When the first line of the cart was painted, in ms since the navigation. */
    firstLine: Promise<number>;
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

/** Runs in the page before anything of it: notes each input and the frame that shows it. */
function watchPage(): void {
  const looks: Looks = {
    'a letter typed': () => document.querySelector<HTMLInputElement>('form input')?.value,
    'one more of a line': () => {
      const steppers = document.querySelectorAll<HTMLInputElement>('[data-line] .stepper input');
      return [...steppers].slice(0, 40).reduce((sum, { value }) => `${sum} ${value}`, '');
    },
    'a line moved by keyboard': () => {
      const line = document.querySelector<HTMLElement>('[data-line="l6"]');
      const before = line?.previousElementSibling as HTMLElement | null | undefined;
      return `${line?.className ?? ''} ${before?.dataset['line'] ?? ''}`;
    },
    'to the machines and back': () => {
      if (document.querySelector('svg g.seat') !== null) return 'machines';
      return document.querySelector('[data-line]') === null ? undefined : 'cart';
    },
  };
  const eachFrame = (until: () => boolean, then: () => void): void => {
    requestAnimationFrame(() => {
      if (!until()) {
        eachFrame(until, then);
        return;
      }
      // A task of its own, after the frame is painted.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(undefined);
    });
  };
  const isThere = (): boolean => document.querySelector('[data-line]') !== null;
  window.firstLine = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      eachFrame(isThere, () => {
        resolve(performance.now());
      });
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  window.arm = (name) => {
    const look = looks[name] ?? (() => undefined);
    const before = look();
    const isOther = (): boolean => ![before, undefined].includes(look());
    window.toPaint = new Promise((resolve) => {
      const note = ({ timeStamp }: Event): void => {
        window.removeEventListener('keydown', note, { capture: true });
        window.removeEventListener('click', note, { capture: true });
        eachFrame(isOther, () => {
          resolve(performance.now() - timeStamp);
        });
      };
      window.addEventListener('keydown', note, { capture: true });
      window.addEventListener('click', note, { capture: true });
    });
  };
}

/** A real click in the middle of what the selector finds. */
async function click(page: Page, selector: string): Promise<void> {
  const at = await page.evaluate((wanted) => {
    const found = document.querySelector(wanted);
    found?.scrollIntoView({ block: 'nearest' });
    const { x, y, width, height } = found?.getBoundingClientRect() ?? new DOMRect();
    return { x: x + width / 2, y: y + height / 2 };
  }, selector);
  await page.mouse.click(at.x, at.y);
}

type Deed = (page: Page, at: number) => Promise<void>;
/** Taken, moved, let go. */
const MOVING = ['Space', 'ArrowDown', 'Space'];
const pressed: Deed = (page, at) => page.keyboard.press(MOVING[at % 3] ?? '');

/** With plain input: what finds things by role, among 1,000 lines, would be what is measured. */
const deeds: Readonly<Record<string, Deed>> = {
  'a letter typed': (page, at) => page.keyboard.press('abcdefghij'.charAt(at % 10)),
  'one more of a line': (page, at) =>
    click(page, `[data-line="l${1 + (at % 30)}"] .stepper button:last-of-type`),
  'a line moved by keyboard': pressed,
  'to the machines and back': (page, at) =>
    click(page, `nav a[href="${at % 2 === 0 ? '#/peers' : '#/cart'}"]`),
};
/** What has the focus for the keys. */
const focused: Readonly<Record<string, string>> = {
  'a letter typed': 'form input',
  'a line moved by keyboard': '[data-line="l6"] > button',
};

/** A page built from other sources may never show what is waited for. */
async function inTime(shown: Promise<number>, name: string): Promise<number> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error(`${name}: not shown in ${LIMIT_MS} ms. Is the page built (npm run build)?`));
    }, LIMIT_MS).unref();
  });
  return Promise.race([shown, late]);
}

async function measure(page: Page, name: string, count: number): Promise<number[]> {
  const deed = deeds[name];
  const focus = focused[name];
  const ms: number[] = [];
  if (focus !== undefined) {
    await page.evaluate((wanted) => document.querySelector<HTMLElement>(wanted)?.focus(), focus);
  }
  for (let at = -4; at < count; at++) {
    await page.evaluate((look) => {
      window.arm(look);
    }, name);
    await deed?.(page, at + 4);
    const took = await inTime(
      page.evaluate(() => window.toPaint),
      name,
    );
    if (at >= 0) ms.push(took);
    await page.waitForTimeout(PACE_MS);
  }
  return ms;
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
    await page.addInitScript(watchPage);
    const firstLine: number[] = [];
    for (let at = 0; at < (short ? 3 : 7); at++) {
      await page.goto('about:blank');
      await page.goto(`${server.origin}/#token=${server.token}`);
      firstLine.push(
        await inTime(
          page.evaluate(() => window.firstLine),
          'first line',
        ),
      );
    }
    const figures: Record<string, number[]> = { 'first line of the cart': firstLine };
    for (const name of Object.keys(deeds)) {
      figures[name] = await measure(page, name, short ? 10 : 40);
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
