import { expect, test, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { carrossel, cli, makeDir, removeDirs } from './support/peer-process.ts';

/** The README's five minutes, step by step: five peers, cut in two, put right in a page. */

const NAMES = ['ana', 'ben', 'clara', 'davi', 'till'];
const HEAD = 'Its page';

test.describe('the tour of the README', () => {
  const dir = makeDir('tour');
  let child: ChildProcess;
  let printed = '';
  test.beforeAll(() => {
    child = spawn(process.execPath, [carrossel, 'try', '--data', dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const endWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', endWithUs);
    child.once('exit', () => process.off('exit', endWithUs));
    child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  });
  test.afterAll(async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    removeDirs([dir]);
  });

  const tables = (): readonly string[] => printed.split(HEAD).slice(1);
  async function type(line: string): Promise<void> {
    const before = tables().length;
    child.stdin?.write(`${line}\n`);
    await expect.poll(() => tables().length).toBe(before + 1);
    await expect.poll(() => tables().at(-1)).toMatch(/^till .*\n/m);
  }
  const addressOf = (name: string): string =>
    new RegExp(`^${name} .*?(http\\S+)`, 'm').exec(tables().at(-1) ?? '')?.[1] ?? '';
  const quantity = (page: Page, title: string) =>
    page.getByRole('textbox', { name: new RegExp(title) });

  test('leads a new user to a conflict resolved in the page', async ({ page, browser }, info) => {
    await expect.poll(() => tables().at(-1)).toMatch(/^till .*\n/m);
    const till = await browser.newPage({ locale: 'en-US' });
    await test.step('a ring of five', async () => {
      await page.goto(addressOf('ana'));
      await expect(page.getByText('On 5 of 5 machines').first()).toBeVisible();
      await page.getByRole('link', { name: 'Machines' }).click();
      await expect(page.locator('[data-peer]')).toHaveCount(5);
      await page.getByRole('link', { name: 'Carts' }).click();
    });

    await test.step('written apart', async () => {
      await type('stop clara davi till');
      await quantity(page, 'Rice').fill('5');
      await quantity(page, 'Rice').press('Enter');
      await page.getByRole('button', { name: 'Remove Milk' }).click();
      await expect(page.getByText(/^On 2 of 5 machines/).first()).toBeVisible();
      await type('stop ana ben');
      await type('start clara davi till');
      await till.goto(addressOf('till'));
      await quantity(till, 'Rice').fill('3');
      await quantity(till, 'Rice').press('Enter');
      await till.getByRole('combobox', { name: /What do you need/ }).fill('Bread');
      await till.getByRole('combobox', { name: /What do you need/ }).press('Enter');
      await expect(till.getByText(/^On 3 of 5 machines/).first()).toBeVisible();
    });

    await test.step('put right in the page', async () => {
      await type('start');
      await till.getByRole('button', { name: 'Put side by side' }).first().click();
      const dialog = till.getByRole('dialog');
      for (const text of ['Needs your choice', 'Added on one side', 'Removed on one side']) {
        await expect(dialog).toContainText(text);
      }
      await till.screenshot({ path: info.outputPath('tour-dialog.png') });
      await dialog.getByText(/^5 \(Ana's laptop\)/).click();
      await dialog.getByRole('button', { name: 'Save this cart' }).click();
      await expect(till.getByText('On 5 of 5 machines').first()).toBeVisible();
    });

    await test.step('and all five agree', async () => {
      for (const name of NAMES) {
        await expect
          .poll(() => cli(['cart', 'show', '--data', join(dir, name)]).stdout)
          .toMatch(/Groceries · 3 lines[^]*5 {2}Rice 5 kg[^]*1 {2}Coffee[^]*1 {2}Bread/);
      }
    });
    child.stdin?.write('quit\n');
    await expect.poll(() => child.exitCode).toBe(0);
  });
});
