import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { ApiError } from '../../src-renderer/api-error.ts';
import { gathered } from '../../src-renderer/i18n/activity-words.ts';
import { busyDay, changeLine, functionView } from './fixture-activity.ts';
import { ACCOUNT, groceries } from './fixture-views.ts';
import { openPage } from './pages.ts';

const open = (state: Parameters<typeof openPage>[0]) => openPage(state, '#/activity');
const card = (name: string) => page.getByRole('listitem').filter({ hasText: name });
const inputs = (peer: { asked: { what: string; input: unknown }[] }, what: string) =>
  peer.asked.filter((one) => one.what === what).map(({ input }) => input);

describe('the latest changes', () => {
  it('says who did what and which function, and leads there', async () => {
    await open({ carts: [groceries()], ...busyDay() });
    const told = page.getByRole('region', { name: 'Latest changes' });
    await expect.element(told.getByText('9 changes in the last hour')).toBeVisible();
    await expect
      .element(told.getByText("Ana's laptop made the choice about the cart “Groceries”"))
      .toHaveAttribute('href', expect.stringMatching(/^#\/cart\/.*\/c1$/u));
    await expect
      .element(told.getByText(/Shop server wrote the cart “Groceries” apart/u))
      .toBeVisible();
    await expect.element(told.getByText('3 minutes ago · 3 times')).toBeVisible();
    await expect.element(told.getByText('9 minutes ago · function shelf-sum')).toBeVisible();
    await expect
      .element(told.getByText('Shop server added an order'))
      .toHaveAttribute('href', '#/orders/0a0a');
    // What is gone leads nowhere.
    await expect
      .element(told.getByText(/removed the cart “Birthday of my grandmother”/u))
      .not.toHaveAttribute('href');
  });

  it('follows what happens, and says when there is nothing', async () => {
    const { peer } = await open({});
    await expect
      .element(page.getByRole('heading', { name: 'Nothing has changed lately' }))
      .toBeVisible();
    peer.state.activity = { changes: [changeLine({ device: 'desk' })], hour: [0, 0], more: false };
    peer.tell({ type: 'item', account: 'a', sortKey: 'x' });
    await expect.element(page.getByText(/^desk changed the cart/u)).toBeVisible();
    await expect.element(page.getByText('No change in the last hour')).toBeVisible();
  });

  it('says why it cannot be shown, and asks again', async () => {
    const { peer } = await openPage({ ...busyDay() });
    peer.failNext('stream.activity', new ApiError('OVERLOADED', 'x'));
    peer.failNext('functions.list', new ApiError('OVERLOADED', 'x'));
    await page.getByRole('link', { name: 'Activity' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'The latest changes cannot be shown' });
    await expect.element(alert).toBeVisible();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect.element(page.getByText('9 changes in the last hour')).toBeVisible();
  });

  it('tells alike changes in a row once, and others apart', () => {
    const line = (sequence: number, device: string) => changeLine({ sequence, device });
    const told = gathered([line(4, 'a'), line(3, 'a'), line(2, 'b'), line(1, 'a')]);
    expect(told.map(({ line: { sequence }, times }) => [sequence, times])).toEqual([
      [4, 2],
      [2, 1],
      [1, 1],
    ]);
  });
});

describe('the functions', () => {
  it('show rate, what is still to do, errors and the last run', async () => {
    await open(busyDay());
    const one = card('price-watch.mjs');
    for (const text of [
      'Needs a look',
      '3 changes',
      '32 went well, 11 failed',
      /^TypeError: Cannot/u,
    ]) {
      await expect.element(one.getByText(text).first()).toBeVisible();
    }
    await expect.element(card('draft.mjs').getByText('Cannot be loaded')).toBeVisible();
    await expect.element(card('shelf-sum.mjs').getByText('Paused')).toBeVisible();
    await expect.element(card('Built in').getByText(/buy it again/u)).toBeVisible();
    await expect.element(page.getByText(/carrossel\/functions$/u).first()).toBeVisible();
  });

  it('can be paused, and go on', async () => {
    const { peer } = await open({ functions: [functionView()] });
    await page.getByRole('button', { name: /^Pause.*price-watch/u }).click();
    await page.getByRole('button', { name: /^Go on.*price-watch/u }).click();
    await expect.element(page.getByRole('button', { name: /^Pause.*price-watch/u })).toBeVisible();
    expect(inputs(peer, 'functions.pause')).toEqual([{ name: 'price-watch' }]);
    expect(inputs(peer, 'functions.resume')).toEqual([{ name: 'price-watch' }]);
  });

  it('show their last runs in the page’s language, and their own words as they are', async () => {
    const { app } = await open(busyDay());
    await card('price-watch.mjs')
      .getByText(/^Last runs/u)
      .click();
    const runs = page.getByRole('region', { name: 'Last runs: price-watch' });
    await expect.element(runs.getByText('3 changes, 1 write, 12 ms')).toBeVisible();
    await expect.element(runs.getByText('3 changes, the sum is 41')).toBeVisible();
    app.preferences.setLocale('pt-BR');
    await expect.element(page.getByText('3 mudanças, 1 escrita, 12 ms')).toBeVisible();
    await expect.element(page.getByText(/^Ela espera: O disco/u)).toBeVisible();
    await expect.element(page.getByText('3 changes, the sum is 41')).toBeVisible();
  });

  it('get their dead letters back, one or all, and say which failed again', async () => {
    const { peer } = await open({ carts: [groceries()], ...busyDay() });
    const letters = page.getByRole('region', { name: /2 changes it could not deal with/u });
    await letters.getByRole('button', { name: /Try again.*product#99/u }).click();
    await expect.element(page.getByText('1 change is dealt with now')).toBeVisible();
    const left = page.getByRole('region', { name: /1 change it could not deal with/u });
    await left.getByRole('button', { name: /Try again.*Groceries/u }).click();
    await expect.element(page.getByText(/1 change failed again/u)).toBeVisible();
    expect(inputs(peer, 'functions.retry')).toEqual([
      { name: 'price-watch', letter: '43', account: ACCOUNT },
      { name: 'price-watch', letter: '42', account: ACCOUNT },
    ]);
  });

  it('are said not to be there when none is', async () => {
    await open({});
    await expect.element(page.getByText('No functions run here.')).toBeVisible();
  });
});
