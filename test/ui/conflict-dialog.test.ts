import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { LineInput } from '../../src-renderer/wall.ts';
import type { FixturePeer } from './fixture-peer.ts';
import { apart, line, ANA, RUI, SHOP, sibling } from './fixture-views.ts';
import { openPage } from './pages.ts';

async function openDialog(): Promise<FixturePeer> {
  const { peer } = await openPage({ carts: [apart(Date.now())] });
  await expect
    .element(page.getByText("Written apart on Ana's laptop and this machine"))
    .toBeVisible();
  expect(document.querySelector('[role="dialog"]')).toBeNull();
  await page.getByRole('button', { name: 'Put side by side' }).click();
  await expect.element(page.getByRole('dialog')).toBeVisible();
  return peer;
}

const choose = (title: string, answer: RegExp) =>
  page.getByRole('group', { name: `What stays of ${title}` }).getByRole('radio', { name: answer });
const save = () => page.getByRole('button', { name: 'Save this cart' });
const sent = (peer: FixturePeer) =>
  peer.asked.filter(({ what }) => what === 'carts.resolve').map(({ input }) => input);
const quantitiesSent = (peer: FixturePeer) =>
  (sent(peer).at(-1) as { lines: LineInput[] }).lines.map(
    ({ product, quantity }) => `${quantity} ${product.title}`,
  );

describe('the conflict dialog', () => {
  it('shows the union in its groups and leads to what is still open instead of saving', async () => {
    const peer = await openDialog();
    const groups = [...document.querySelectorAll('[data-group]')];
    expect(groups.map((one) => one.getAttribute('data-group'))).toEqual([
      'choose',
      'duplicate',
      'changed',
      'added',
      'removed',
    ]);
    await expect.element(page.getByText('2 lines need your choice')).toBeVisible();
    await save().click();
    await expect.element(choose('Milk', /^6/u)).toHaveFocus();
    expect(sent(peer)).toEqual([]);
  });

  it('sends exactly the lines chosen, with the context shown', async () => {
    const peer = await openDialog();
    await choose('Milk', /lactose free/u).click();
    await choose('Butter', /^Leave out/u).click();
    await choose('Eggs', /^Together/u).click();
    await choose('Batteries', /^Bring back/u).click();
    await page.getByRole('button', { name: 'One more: Oranges' }).last().click();
    await expect.element(page.getByText('Everything is decided')).toBeVisible();
    await save().click();
    await expect.element(page.getByText('Settled. All machines get this cart.')).toBeVisible();
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    expect(sent(peer)).toMatchObject([{ name: 'c1', context: 'context apart' }]);
    expect(quantitiesSent(peer)).toEqual([
      '1 Rice',
      '2 Coffee',
      '3 Milk',
      '3 Black beans',
      '11 Oranges',
      '1 Batteries',
      '3 Eggs',
    ]);
  });

  it('is done with one key for each choice', async () => {
    const peer = await openDialog();
    await save().click();
    await userEvent.keyboard('2');
    await expect.element(choose('Milk', /lactose free/u)).toBeChecked();
    await userEvent.keyboard('{Enter}');
    await expect.element(choose('Butter', /^Keep/u)).toHaveFocus();
    await userEvent.keyboard('1');
    await expect.element(choose('Butter', /^Keep/u)).toBeChecked();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect.poll(() => sent(peer).length).toBe(1);
    expect(quantitiesSent(peer)).toContain('3 Milk');
    expect(quantitiesSent(peer)).toContain('2 Butter');
  });

  it('takes everything as one device has it', async () => {
    const peer = await openDialog();
    await page.getByRole('button', { name: "Take all as on Ana's laptop" }).click();
    await save().click();
    await expect.poll(() => sent(peer).length).toBe(1);
    expect(quantitiesSent(peer)).toEqual([
      '1 Rice',
      '2 Coffee',
      '6 Milk',
      '2 Butter',
      '5 Black beans',
      '10 Oranges',
      '1 Batteries',
      '1 Eggs',
    ]);
  });

  it('tells of a version that arrives, and shows it with the choices kept when asked', async () => {
    const peer = await openDialog();
    await choose('Milk', /^6/u).click();
    const next = apart(Date.now());
    const shop = sibling({ version: SHOP, device: 'Shop server', wallMs: Date.now(), lines: 7 });
    peer.showCart({
      ...next,
      context: 'context with shop',
      siblings: [...next.siblings, shop],
      lines: [
        ...next.lines,
        line('Bread', { group: 'added', by: [SHOP], missingFrom: [ANA, RUI] }),
      ],
    });
    await expect
      .element(page.getByText('While you were choosing, something new came from Shop server.'))
      .toBeVisible();
    await expect
      .element(page.getByRole('group', { name: /What stays of Bread/u }))
      .not.toBeInTheDocument();
    await page.getByRole('button', { name: 'Show what is new' }).click();
    await expect.element(page.getByText('New', { exact: true })).toBeVisible();
    // The keyboard and the eye are led there, however far down it is.
    await expect.element(choose('Bread', /^Keep/u)).toHaveFocus();
    await expect.element(choose('Bread', /^Keep/u)).toBeInViewport();
    await expect.element(choose('Milk', /^6/u)).toBeChecked();
    await choose('Butter', /^Keep/u).click();
    await save().click();
    await expect.poll(() => sent(peer)).toMatchObject([{ context: 'context with shop' }]);
    expect(quantitiesSent(peer)).toContain('1 Bread');
  });

  it('saves what is shown though more has arrived, and stays open for the rest', async () => {
    const peer = await openDialog();
    await page.getByRole('button', { name: /larger quantities/u }).click();
    const next = apart(Date.now());
    const shop = sibling({ version: SHOP, device: 'Shop server', wallMs: Date.now(), lines: 7 });
    peer.showCart({ ...next, context: 'newer', siblings: [...next.siblings, shop] });
    await expect.element(page.getByText(/something new came from Shop server/u)).toBeVisible();
    await save().click();
    await expect.poll(() => sent(peer)).toMatchObject([{ context: 'context apart' }]);
  });

  it('says so when the cart changed under the save, and saves nothing', async () => {
    const peer = await openDialog();
    await page.getByRole('button', { name: /larger quantities/u }).click();
    peer.failNext('carts.resolve', new ORPCError('STALE_CONTEXT'));
    await save().click();
    await expect
      .element(page.getByText('Not saved: the cart changed in the meantime.', { exact: false }))
      .toBeVisible();
    await expect.element(page.getByRole('dialog')).toBeVisible();
  });

  it('has nothing left to save once another device has settled the cart', async () => {
    const peer = await openDialog();
    peer.showCart({
      ...apart(Date.now()),
      conflict: false,
      context: 'settled',
      siblings: [sibling({ version: 'ana.9-ffff' })],
    });
    await expect.element(page.getByText('Somebody has settled this cart meanwhile.')).toBeVisible();
    await expect.element(save()).not.toBeInTheDocument();
    await expect.element(page.getByText(/need your choice/u)).not.toBeInTheDocument();
    await page.getByRole('button', { name: 'See the cart' }).click();
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
  });
});
