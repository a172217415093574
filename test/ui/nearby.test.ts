import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { status } from './fixture-views.ts';
import { openPage } from './pages.ts';

const newcomer = { id: 'n1', name: 'phone', digits: '042137', state: 'waiting' as const };

describe('a ring nearby', () => {
  it('is asked, compared and joined by a newcomer', async () => {
    const { peer } = await openPage({
      status: status({ ring: null, accounts: [] }),
      rings: [{ peerId: 'p1', name: 'Home' }],
    });
    await page.getByRole('radio', { name: /A ring nearby/u }).click();
    await page.getByRole('button', { name: 'Ask to join' }).click();
    await expect.element(page.getByRole('img', { name: /0 4 2 1 3 7/u })).toBeVisible();
    const same = page.getByRole('button', { name: 'The same digits' });
    await userEvent.keyboard('{Tab}');
    await expect.element(same).toHaveFocus();
    await same.click();
    await expect
      .element(page.getByRole('heading', { name: 'Whose carts are these?' }))
      .toBeVisible();
    const joins = peer.asked.filter(({ what }) => what === 'nearby.join');
    expect(joins.map(({ input }) => input)).toEqual([{ peerId: 'p1', digits: '042137' }]);
  });

  it('is not joined when the digits differ, or the other person says no', async () => {
    const { peer } = await openPage({
      status: status({ ring: null, accounts: [] }),
      rings: [{ peerId: 'p1', name: 'Home' }],
    });
    await page.getByRole('radio', { name: /A ring nearby/u }).click();
    await page.getByRole('button', { name: 'Ask to join' }).click();
    await page.getByRole('button', { name: 'Other digits' }).click();
    await expect.element(page.getByText(/The digits are not the same/u)).toBeVisible();
    expect(peer.asked.some(({ what }) => what === 'nearby.join')).toBe(false);
    peer.failNext('nearby.join', new ORPCError('NEARBY_REFUSED'));
    await page.getByRole('button', { name: 'Ask to join' }).click();
    await page.getByRole('button', { name: 'The same digits' }).click();
    await expect.element(page.getByText('The person at the other machine said no.')).toBeVisible();
  });

  it('lets in whom the admin has compared, and nobody by itself', async () => {
    const { peer } = await openPage({ status: status({}) }, '#/peers');
    await page.getByRole('button', { name: 'Nearby' }).click();
    await expect.element(page.getByText('Nobody has asked yet…')).toBeVisible();
    peer.showDoor({ newcomers: [newcomer], full: false });
    await expect.element(page.getByRole('heading', { name: 'phone asks to join' })).toBeVisible();
    expect(peer.asked.some(({ what }) => what === 'nearby.admit')).toBe(false);
    await page.getByRole('button', { name: 'Same digits: let it in' }).click();
    const admitted = peer.asked.filter(({ what }) => what === 'nearby.admit');
    expect(admitted.map(({ input }) => input)).toEqual([
      { id: 'n1', digits: '042137', admin: false },
    ]);
    peer.showDoor({ newcomers: [{ ...newcomer, state: 'admitted' }], full: false });
    await expect.element(page.getByText('It may come in…')).toBeVisible();
    peer.showDoor({ newcomers: [], full: false });
    await expect.element(page.getByText('phone is in the ring')).toBeVisible();
  });
});
