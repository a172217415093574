import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cdp, page } from 'vitest/browser';
import { LAPTOP, order } from './fixture-orders.ts';
import { openPage } from './pages.ts';
import '../../src-renderer/styles/print.css';

const button = (name: string | RegExp) => page.getByRole('button', { name });
/** More than any one answer of the peer holds. */
const MANY = Array.from({ length: 1234 }, (_, i) => order(i.toString(16).padStart(32, '0')));
const rows = () => document.querySelectorAll('main ul a').length;
const shows = (found: Element | null | undefined) => found?.checkVisibility() === true;

async function media(kind: 'print' | ''): Promise<void> {
  const session = cdp() as unknown as { send(what: string, how: object): Promise<unknown> };
  await session.send('Emulation.setEmulatedMedia', { media: kind });
}

describe('orders, however many', () => {
  it('are all to be reached, the older ones when they are asked for', async () => {
    const { peer } = await openPage({ orders: MANY }, '#/orders');
    await expect.poll(rows).toBe(50);
    const older = button('Show older orders');
    for (const shown of [100, 150, 200, 250]) {
      await older.click();
      await expect.poll(rows).toBe(shown);
    }
    const asked = peer.asked.filter(({ what }) => what === 'orders.list');
    expect(asked.at(-1)?.input).toEqual({ limit: 250 });
    await expect.element(older).toBeVisible();
  });

  it('are listed to the last one, and then no button asks for more', async () => {
    await openPage({ orders: MANY.slice(0, 203) }, '#/orders');
    for (const shown of [100, 150, 200, 203]) {
      await button('Show older orders').click();
      await expect.poll(rows).toBe(shown);
    }
    await expect.element(button('Show older orders')).not.toBeInTheDocument();
  });
});

describe('orders on paper', () => {
  const printed = vi.fn<() => void>();
  beforeEach(() => {
    printed.mockReset();
    vi.spyOn(window, 'print').mockImplementation(() => {
      window.dispatchEvent(new Event('beforeprint'));
      printed();
    });
  });
  afterEach(async () => {
    await media('');
    vi.restoreAllMocks();
  });

  it('are the list with all of them, also those that were not shown yet', async () => {
    const { peer } = await openPage({ orders: MANY }, '#/orders');
    await expect.poll(rows).toBe(50);
    await button('Print').click();
    await expect.poll(() => printed.mock.calls.length).toBe(1);
    expect(rows()).toBe(MANY.length);
    const asked = peer.asked.filter(({ what }) => what === 'orders.list').slice(-2);
    expect(asked.map(({ input }) => input)).toEqual([
      { limit: 1000 },
      { limit: 1000, after: MANY[999]?.id },
    ]);
  });

  it('are an order without the ways around in the page', async () => {
    await openPage({ orders: [order(LAPTOP)] }, `#/orders/${LAPTOP}`);
    await expect.element(page.getByRole('rowheader', { name: 'Coffee' })).toBeVisible();
    await button('Print').click();
    expect(printed).toHaveBeenCalledOnce();
    const parts = () => ({
      nav: shows(document.querySelector('nav')),
      buttons: [...document.querySelectorAll('.button')].some(shows),
      back: shows(document.querySelector('.back')),
      title: shows(document.querySelector('main h1')),
      lines: [...document.querySelectorAll('main tbody tr')].filter(shows).length,
      paid: shows(document.querySelector('main dl')),
    });
    expect(parts()).toMatchObject({ nav: true, buttons: true, back: true, title: true, lines: 2 });
    await media('print');
    await expect
      .poll(parts)
      .toEqual({ nav: false, buttons: false, back: false, title: true, lines: 2, paid: true });
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(window.innerWidth);
  });
});

describe('orders as a file', () => {
  it('are what the peer gives as CSV, under a name of their own', async () => {
    const { peer } = await openPage({ orders: [order(LAPTOP)] }, '#/orders');
    const given: { name: string; blob: Blob }[] = [];
    const blobs: Blob[] = [];
    const made = URL.createObjectURL.bind(URL);
    vi.spyOn(URL, 'createObjectURL').mockImplementation((object) => {
      blobs.push(object as Blob);
      return made(object);
    });
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      const blob = blobs.at(-1);
      if (blob !== undefined) given.push({ name: this.download, blob });
    });
    await button('Export as CSV').click();
    await expect.poll(() => given.length).toBe(1);
    vi.restoreAllMocks();
    expect(peer.asked.some(({ what }) => what === 'orders.csv')).toBe(true);
    expect(given[0]?.name).toBe('carrossel-orders.csv');
    expect(given[0]?.blob.type).toContain('text/csv');
    expect(await given[0]?.blob.text()).toBe('order,title');
    await expect.element(page.getByRole('log').getByText(/downloads/u)).toBeVisible();
  });
});
