import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { ACCOUNT_PHRASE } from './fixture-peer.ts';
import { openPage } from './pages.ts';

describe('the words on a paper', () => {
  it('are compared, said to be right or not, and forgotten with the dialog', async () => {
    const { peer } = await openPage({}, '#/settings');
    const button = page.getByRole('button', { name: 'Check my paper' });
    const words = page.getByRole('textbox', { name: 'The 12 words' });
    const compare = page.getByRole('button', { name: 'Compare' });
    await button.click();
    await words.fill(`${ACCOUNT_PHRASE} more`);
    await compare.click();
    await expect
      .element(page.getByText(/of none that this machine is logged in to/u))
      .toBeVisible();
    await words.fill(ACCOUNT_PHRASE);
    await expect.element(page.getByText(/of none that/u)).not.toBeInTheDocument();
    await compare.click();
    await expect
      .element(page.getByText('Right: these are the words of “Silva family”.'))
      .toBeVisible();
    peer.failNext('accounts.checkPhrase', new ORPCError('INVALID_PHRASE'));
    await words.fill('wrong words');
    await expect.element(page.getByText(/^Right:/u)).not.toBeInTheDocument();
    await compare.click();
    await expect.element(page.getByText(/^These are not the 12 words of a phrase/u)).toBeVisible();
    await page.getByRole('button', { name: 'Close' }).click();
    await button.click();
    await expect.element(words).toHaveValue('');
  });
});
