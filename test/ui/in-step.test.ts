import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { inStep, memberInStep, outOfStep } from './fixture-ring.ts';
import { openPage } from './pages.ts';

const verdict = () => document.querySelector('[data-verdict]')?.getAttribute('data-verdict');

describe('is everything in step?', () => {
  it('says “all equal” when it is, and by which way each machine is reached', async () => {
    await openPage({}, '#/in-step');
    await expect.element(page.getByRole('heading', { name: 'All equal' })).toBeVisible();
    await expect.element(page.getByText('All 2 machines hold exactly the same.')).toBeVisible();
    await expect
      .element(page.getByText('Reached at 192.168.0.12:40122 · network wlan0 · 3 ms'))
      .toBeVisible();
    expect(verdict()).toBe('good');
  });

  it('names what is not equal with whom, and why one is away and what to do', async () => {
    await openPage({ inStep: outOfStep() }, '#/in-step');
    await expect.element(page.getByText('Cart “Groceries”')).toBeVisible();
    await expect.element(page.getByText('1 only here · 2 only there')).toBeVisible();
    await expect.element(page.getByText('It does not answer.')).toBeVisible();
    await expect.element(page.getByText(/whether a firewall there lets/u)).toBeVisible();
    // In the words of a bug report, for those who look for them.
    await expect.element(page.getByText('No answer in 5000 ms: dial.')).not.toBeVisible();
    await page.getByText('Technical detail').click();
    await expect.element(page.getByText('No answer in 5000 ms: dial.')).toBeVisible();
    await expect
      .element(page.getByText('2 changes of this machine are still on the way'))
      .toBeVisible();
    expect(verdict()).toBe('work');
  });

  it('does not call it equal while one that should hold it is away', async () => {
    const away = memberInStep({
      name: 'Shop server',
      peerId: 'shop',
      connected: false,
      away: 'goodbye',
      accounts: [{ account: 'a', name: 'a', state: 'unknown', items: [] }],
    });
    await openPage(
      { inStep: inStep({ allEqual: false, members: [memberInStep(), away] }) },
      '#/in-step',
    );
    await expect.element(page.getByText('All who are there are equal')).toBeVisible();
    await expect.element(page.getByText(/Shop server is away and will get/u)).toBeVisible();
    expect(verdict()).toBe('away');
  });

  it('is a step away from the cart and from the machines', async () => {
    await openPage({}, '#/peers');
    await page.getByRole('link', { name: 'Is everything in step?' }).click();
    await expect
      .element(page.getByRole('heading', { name: 'Is everything in step?', level: 1 }))
      .toBeVisible();
  });
});

describe('the drawing of the ring', () => {
  it('says in words what it shows', async () => {
    await openPage({}, '#/peers');
    await expect
      .element(
        page.getByRole('listbox', { name: /Silva family is kept on 3 of them, 2 of those/u }),
      )
      .toBeVisible();
    // Gone through with the arrow keys, one machine after the other.
    await expect
      .element(page.getByRole('option', { name: /^Shop server: .*keeps “Silva family” · Away/u }))
      .toBeVisible();
    expect(document.querySelectorAll('.seat.present.keeps')).toHaveLength(2);
    expect(document.querySelectorAll('.seat.keeps:not(.present)')).toHaveLength(1);
  });
});
