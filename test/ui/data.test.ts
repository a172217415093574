import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { openPage } from './pages.ts';

const fileOf = (text: string, name = 'home.jsonl') => new File([text], name);
const heard = (asked: readonly { what: string; input: unknown }[], what: string) =>
  asked.filter((one) => one.what === what).map(({ input }) => input);

describe('exports and imports in the settings', () => {
  it('writes a file, readable or sealed with a passphrase that is long enough', async () => {
    const { peer } = await openPage({}, '#/settings');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.element(page.getByText('The file is in your downloads.')).toBeVisible();
    expect(heard(peer.asked, 'archive.export')[0]).not.toHaveProperty('passphrase');
    await page.getByRole('checkbox', { name: 'Seal it with a passphrase' }).click();
    const passphrase = page.getByLabelText('Passphrase', { exact: true });
    await passphrase.fill('short');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.element(page.getByText('That is too short.')).toBeVisible();
    await passphrase.fill('correct horse');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.element(passphrase).toHaveValue('');
    expect(heard(peer.asked, 'archive.export')).toHaveLength(2);
    expect(heard(peer.asked, 'archive.export')[1]).toMatchObject({ passphrase: 'correct horse' });
  });

  it('looks through a file first, then brings it along, and names what it left alone', async () => {
    const { peer } = await openPage({}, '#/settings');
    const input = page.getByLabelText('A file that was exported');
    await userEvent.upload(input, fileOf('{"carrossel":"export"}\n'.repeat(20_000)));
    await expect.element(page.getByText(/carts: 1 and note: 2/)).toBeVisible();
    expect(heard(peer.asked, 'archive.write')).toEqual([]);
    await page.getByRole('button', { name: /^Bring it into/ }).click();
    await expect
      .element(page.getByText('1 item brought along, 1 were here, 1 left as they are here.'))
      .toBeVisible();
    await expect.element(page.getByText('Groceries: is otherwise here')).toBeVisible();
    // The parts are the file, and in their order.
    const parts = heard(peer.asked, 'archive.write') as { chunk: string; last: boolean }[];
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ last }) => last)).toEqual(parts.map((_, i) => i === parts.length - 1));
    const text = parts.map(({ chunk }) => atob(chunk)).join('');
    expect(text).toBe('{"carrossel":"export"}\n'.repeat(20_000));
  });

  it('asks for the passphrase of a sealed file', async () => {
    const { peer } = await openPage({}, '#/settings');
    await userEvent.upload(page.getByLabelText('A file that was exported'), fileOf('sealed\n'));
    await expect.element(page.getByText('This file is sealed.')).toBeVisible();
    const passphrase = page.getByLabelText('Passphrase', { exact: true });
    await passphrase.fill('something else');
    await page.getByRole('button', { name: 'Open the file' }).click();
    await expect.element(page.getByText('That is not the passphrase of this file.')).toBeVisible();
    await passphrase.fill('correct horse');
    await page.getByRole('button', { name: 'Open the file' }).click();
    await expect.element(page.getByRole('button', { name: /^Bring it into/ })).toBeVisible();
    expect(heard(peer.asked, 'archive.open')).toHaveLength(3);
  });

  it('shows a list of products, and what is wrong in which line, before it is written', async () => {
    const { peer } = await openPage({}, '#/settings');
    const list = fileOf('title,price\nRice,21.90\nTea,many\n', 'list.csv');
    await userEvent.upload(page.getByLabelText('A list of products'), list);
    await expect.element(page.getByRole('rowheader', { name: 'Rice' })).toBeVisible();
    await expect.element(page.getByText('Line 3: the price is no amount like 21.90')).toBeVisible();
    await expect.element(page.getByText(/^Line 3 \(product 2\): the same product/u)).toBeVisible();
    expect(heard(peer.asked, 'catalogue.preview')).toMatchObject([{ currency: 'BRL' }]);
    await page.getByRole('button', { name: 'Bring 1 product along' }).click();
    await expect.element(page.getByText('1 product brought along, 0 were there.')).toBeVisible();
  });
});
