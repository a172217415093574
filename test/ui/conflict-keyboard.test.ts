import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { LineInput } from '../../src-renderer/wall.ts';
import { apart } from './fixture-views.ts';
import { openPage } from './pages.ts';

const press = (keys: string) => userEvent.keyboard(keys);
const focused = (): string => {
  const { activeElement: at } = document;
  return at?.getAttribute('aria-label') ?? at?.textContent ?? '';
};

/** Tab until the control of that name has the focus; a person gives up after a while, too. */
async function tabTo(name: RegExp): Promise<void> {
  for (let steps = 0; steps < 120; steps++) {
    await press('{Tab}');
    if (name.test(focused())) return;
  }
  throw new Error(`Tab does not come to ${String(name)}`);
}

describe('a cart that was written apart', () => {
  it('is put right by keyboard alone, and that is taken back by keyboard, too', async () => {
    const { peer } = await openPage({ carts: [apart(Date.now())] });
    await expect.element(page.getByText(/^Written apart on/u)).toBeVisible();
    await tabTo(/Put side by side/u);
    await press('{Enter}');
    await expect.element(page.getByRole('dialog')).toBeVisible();
    // Saving too early leads to the first open choice.
    await tabTo(/Save this cart/u);
    await press('{Enter}');
    const group = () => document.activeElement?.closest('fieldset')?.getAttribute('data-question');
    await expect.poll(group).toBe('Milk');
    await press('2{Enter}');
    await expect.poll(group).toBe('Butter');
    await press('1{Enter}');
    await expect.poll(focused).toMatch(/Save this cart/u);
    await press('{Enter}');
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument();
    const sent = peer.asked.filter(({ what }) => what === 'carts.resolve');
    expect(sent).toHaveLength(1);
    const { lines } = sent[0]?.input as { lines: LineInput[] };
    expect(lines.map(({ product }) => product.title)).toContain('Milk');
    await expect.element(page.getByText('Settled. All machines get this cart.')).toBeVisible();
    // The message takes back that change, and no other once there is another.
    const wayBack = page.getByRole('log').getByRole('button', { name: 'Undo' });
    await expect.element(wayBack).toBeVisible();
    await press('{Control>}z{/Control}');
    await expect.element(wayBack).not.toBeInTheDocument();
    await expect.element(page.getByText('Taken back: Cart settled')).toBeVisible();
  });
});
