import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { ACCOUNT_PHRASE, RING_PHRASE } from './fixture-peer.ts';
import { status } from './fixture-views.ts';
import { openPage } from './pages.ts';

/** The dice of `openPage` ask for the second and the sixth word. */
async function passCheck(phrase: string): Promise<void> {
  const words = phrase.split(' ');
  await expect.element(page.getByText(words[11] ?? '', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'I wrote them down' }).click();
  for (const field of page.getByRole('textbox').all()) {
    const place = Number(/\d+/u.exec(field.element().closest('.field')?.textContent ?? '')?.[0]);
    await field.fill(words[place - 1] ?? '');
  }
  await page.getByRole('button', { name: 'Check' }).click();
}

describe('the first run', () => {
  it('starts nothing that was not chosen', async () => {
    await openPage({ status: status({ ring: null, accounts: [] }) });
    await expect.element(page.getByRole('radio', { name: /Start a ring/u })).toBeVisible();
    for (const way of page.getByRole('radio').all()) {
      await expect.element(way).not.toBeChecked();
    }
    expect(page.getByRole('button', { name: /Start|Join/u }).all()).toEqual([]);
  });

  it('starts a ring and makes an account, each phrase checked before it goes on', async () => {
    const { peer } = await openPage({ status: status({ ring: null, accounts: [] }) });
    await page.getByRole('radio', { name: /Start a ring/u }).click();
    await page.getByLabelText(/Name of the ring/u).fill('Home');
    await page.getByRole('button', { name: 'Start the ring' }).click();
    await page.getByRole('button', { name: 'I wrote them down' }).click();
    await page.getByRole('textbox').first().fill('wrong');
    await page.getByRole('textbox').last().fill('words');
    await page.getByRole('button', { name: 'Check' }).click();
    await expect.element(page.getByText(/^Word 2 is not the same/u)).toBeVisible();
    await page.getByRole('button', { name: 'Show the words again' }).click();
    await passCheck(RING_PHRASE);
    await expect
      .element(page.getByRole('heading', { name: 'Whose carts are these?' }))
      .toBeVisible();
    await expect.element(page.getByText('Ring phrase')).toBeVisible();
    await page.getByLabelText('Name of the account').fill('Silva');
    await page.getByLabelText('Name of this machine').fill("Ana's laptop");
    await page.getByRole('button', { name: 'Create the account' }).click();
    await passCheck(ACCOUNT_PHRASE);
    await expect.element(page.getByRole('heading', { name: 'No cart yet' })).toBeVisible();
    const made = peer.asked.filter(({ what }) => /create$/u.test(what)).map(({ input }) => input);
    expect(made).toEqual([{ name: 'Home' }, { name: 'Silva', deviceName: "Ana's laptop" }]);
  });

  it('joins by link and says in words why it did not work', async () => {
    const { peer } = await openPage({ status: status({ ring: null, accounts: [] }) });
    peer.failNext('ring.join', new ORPCError('INVITE_EXPIRED'));
    await page.getByRole('radio', { name: /Join a ring/u }).click();
    await page.getByLabelText('Invite link').fill('  carrossel://join/abc ');
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await expect
      .element(page.getByText('This invite is too old. Ask for a new one.'))
      .toBeVisible();
    // Another link is not wrong yet, nor is another way.
    await page.getByLabelText('Invite link').fill('carrossel://join/abc');
    await expect.element(page.getByText(/^This invite is too old/u)).not.toBeInTheDocument();
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await expect
      .element(page.getByRole('heading', { name: 'Whose carts are these?' }))
      .toBeVisible();
    const joins = peer.asked.filter(({ what }) => what === 'ring.join');
    expect(joins.at(-1)?.input).toEqual({ link: 'carrossel://join/abc' });
  });

  it('goes through its ways by the arrow keys, each without what was wrong with the last', async () => {
    const { peer } = await openPage({ status: status({ ring: null, accounts: [] }) });
    peer.failNext('ring.create', new ORPCError('RING_EXISTS'));
    // Said aloud, too: the button that was pressed keeps the focus.
    const wrong = () => page.getByRole('alert').getByText('This machine is already in a ring.');
    const radio = (name: RegExp) => page.getByRole('radio', { name });
    await radio(/Start a ring/u).click();
    await page.getByRole('button', { name: 'Start the ring' }).click();
    await expect.element(wrong()).toBeVisible();
    await radio(/Start a ring/u).click();
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(radio(/Join a ring/u)).toHaveFocus();
    await expect.element(radio(/Join a ring/u)).toBeChecked();
    await expect.element(wrong()).not.toBeInTheDocument();
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(radio(/A ring nearby/u)).toBeChecked();
  });

  it('fills in an invite that the system handed over', async () => {
    await openPage(
      { status: status({ ring: null, accounts: [] }) },
      `#link=${encodeURIComponent('carrossel://join/handed')}`,
    );
    await expect.element(page.getByLabelText('Invite link')).toHaveValue('carrossel://join/handed');
    expect(window.location.hash).not.toContain('link');
  });

  it('asks who joined whose carts these are, with no answer given beforehand', async () => {
    await openPage({ status: status({ accounts: [] }) });
    await expect
      .element(page.getByText('This machine is in the ring “Home” now.', { exact: true }))
      .toBeVisible();
    const ways = page.getByRole('radio');
    await expect.element(ways.first()).toHaveAccessibleName(/^I have an account/u);
    for (const way of ways.all()) await expect.element(way).not.toBeChecked();
    // Nothing to press by mistake; and by keyboard the first is reached and chosen.
    expect(page.getByRole('button', { name: /account|Log in/u }).all()).toEqual([]);
    ways.first().element().focus();
    await userEvent.keyboard(' ');
    await expect.element(page.getByLabelText('The 12 words')).toBeVisible();
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(page.getByLabelText('Name of the account')).toBeVisible();
  });

  it('logs in with the words of a phrase', async () => {
    const { peer } = await openPage({ status: status({ accounts: [] }) });
    // This machine joined: there was no phrase of the ring to write down.
    const steps = page.getByRole('list', { name: 'Steps' });
    await expect.element(steps.getByText('Account', { exact: true })).toBeVisible();
    await expect.element(steps.getByText('Ring phrase')).not.toBeInTheDocument();
    await page.getByRole('radio', { name: /I have an account/u }).click();
    await page.getByLabelText('The 12 words').fill(ACCOUNT_PHRASE);
    await page.getByRole('button', { name: 'Log in' }).click();
    await expect.element(page.getByRole('heading', { name: 'No cart yet' })).toBeVisible();
    const logIns = peer.asked.filter(({ what }) => what === 'accounts.logIn');
    expect(logIns[0]?.input).toMatchObject({ phrase: ACCOUNT_PHRASE });
  });

  it('speaks Portuguese when asked', async () => {
    await openPage({ status: status({ ring: null, accounts: [] }) });
    await page.getByLabelText('Language').selectOptions('Português (Brasil)');
    await expect
      .element(page.getByRole('heading', { name: 'Boas-vindas ao Carrossel' }))
      .toBeVisible();
    expect(document.documentElement.lang).toBe('pt-BR');
  });
});
