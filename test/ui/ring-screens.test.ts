import { describe, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { addressWords } from '../../src-renderer/i18n/address.ts';
import { members, status } from './fixture-views.ts';
import { openPage } from './pages.ts';

const HOUR = 3_600_000;

describe('the machines', () => {
  it('say who is there, how fast, and what waits for whom', async () => {
    await openPage({}, '#/peers');
    const text = (index: number) => document.querySelectorAll('[data-peer]')[index]?.textContent;
    await expect.poll(() => text(0)).toMatch(/Rui's desktop\s*This machine/u);
    await expect.poll(() => text(1)).toMatch(/Connected[^]*Answers in\s*3 ms/u);
    await expect.poll(() => text(1)).toMatch(/192\.168\.0\.12:40122/u);
    await expect.poll(() => text(2)).toMatch(/Away[^]*12 changes wait here until it is back/u);
  });

  it('are invited by a link with its QR code and its time', async () => {
    const { peer } = await openPage({}, '#/peers');
    await page.getByRole('button', { name: 'Invite a machine' }).click();
    await page.getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Make an invite' }).click();
    await expect
      .poll(() => document.querySelector<HTMLInputElement>('.dialog input[readonly]')?.value)
      .toMatch(/^carrossel:\/\/join\//u);
    await expect.element(page.getByRole('img', { name: 'The link as a QR code' })).toBeVisible();
    await expect.element(page.getByText(/^Works for 23 hr 59 min more/u)).toBeVisible();
    expect(peer.asked.find(({ what }) => what === 'ring.invite')?.input).toEqual({ admin: true });
  });

  it('say who can invite, where this one cannot', async () => {
    const { ring } = status();
    const mine = members().map((one) => ({ ...one, admin: !one.own }));
    await openPage(
      { members: mine, status: status({ ring: { ...ring!, admin: false } }) },
      '#/peers',
    );
    await expect
      .element(page.getByText(/^New machines are invited.* from .*Shop server/u))
      .toBeVisible();
    expect(document.body.textContent).not.toContain('Invite a machine');
  });

  it('tell a machine that was taken out, and one that an account was taken from', async () => {
    const notices = [
      { code: 'REVOKED', details: {} },
      { code: 'DEVICE_REVOKED', details: { account: 'x', name: 'Silva' } },
      { code: 'SEALING_KEY_MISSING', details: { account: 'y', name: 'Souza' } },
      { code: 'DEVICE_UNKNOWN', details: { account: 'z', name: 'Lima' } },
    ];
    await openPage({ status: status({ notices }) }, '#/peers');
    await expect.element(page.getByText(/taken out of the ring.*new invite/u)).toBeVisible();
    await expect.element(page.getByText(/taken off Silva.*log in again/u)).toBeVisible();
    await expect
      .element(page.getByText(/Lima does not know this machine.*log in again/u))
      .toBeVisible();
    await expect.element(page.getByText(/Souza has a new key.*Log in again/u)).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Make a new key' })).toBeVisible();
  });

  it('are removed only after a second thought', async () => {
    const { peer } = await openPage({}, '#/peers');
    const remove = page.getByRole('button', { name: 'Remove Shop server from the ring' });
    await remove.click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(peer.asked.some(({ what }) => what === 'ring.revoke')).toBe(false);
    await remove.click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/u })
      .click();
    await expect.element(page.getByText('Shop server was removed from the ring')).toBeVisible();
    expect(peer.asked.find(({ what }) => what === 'ring.revoke')?.input).toEqual({
      peerId: '12D3KooWShop',
    });
  });

  it('show open invites, which can be closed, and not the used or the old ones', async () => {
    const at = (id: string, over: object) => ({
      id,
      admin: false,
      expiresMs: Date.now() + HOUR,
      used: false,
      ...over,
    });
    const invites = [at('a', {}), at('b', { used: true }), at('c', { expiresMs: 0 })];
    const { peer } = await openPage({ invites }, '#/peers');
    await page.getByRole('button', { name: 'Close the invite' }).click();
    await expect.poll(() => peer.asked.map(({ what }) => what)).toContain('ring.closeInvite');
    expect(peer.asked.find(({ what }) => what === 'ring.closeInvite')?.input).toEqual({ id: 'a' });
  });

  it('tell one that is alone what would make it safer', async () => {
    const alone = members().slice(0, 1);
    const notices = [{ code: 'STEADY_MEMBER_MISSING', details: {} }];
    await openPage({ members: alone, status: status({ notices }) }, '#/peers');
    await expect.element(page.getByText('Nobody else yet')).toBeVisible();
    await expect.element(page.getByText(/A machine that stays on would make/u)).toBeVisible();
    await page.getByRole('button', { name: 'Hide this' }).click();
    await expect.element(page.getByText(/A machine that stays on/u)).not.toBeInTheDocument();
  });
});

describe('the settings', () => {
  it('change language and appearance at once and keep them', async () => {
    await openPage({}, '#/settings');
    await page.getByRole('radio', { name: 'Dark' }).click();
    expect(document.documentElement.dataset['theme']).toBe('dark');
    await page.getByLabelText('Language').selectOptions('Português (Brasil)');
    await expect.element(page.getByRole('heading', { name: 'Ajustes', level: 1 })).toBeVisible();
    expect(JSON.parse(window.localStorage.getItem('carrossel.preferences') ?? '')).toMatchObject({
      locale: 'pt-BR',
      theme: 'dark',
    });
  });

  it('show what the health check finds', async () => {
    const findings = [
      { check: 'clock', level: 'warn', found: '4 minutes ahead.', advice: 'Set it.' } as const,
    ];
    await openPage({ findings }, '#/settings');
    await page.getByRole('button', { name: 'Check now' }).click();
    await expect.element(page.getByText('4 minutes ahead.')).toBeVisible();
    await expect.element(page.getByText('Look at this')).toBeVisible();
  });
});

describe('an address in words', () => {
  it('is host and port, and left alone when it is of another kind', () => {
    expect(addressWords('/ip4/192.168.0.12/tcp/40122/p2p/12D3')).toBe('192.168.0.12:40122');
    expect(addressWords('/ip6/fe80::1/tcp/1')).toBe('[fe80::1]:1');
    expect(addressWords('/dns4/home.example/tcp/9')).toBe('home.example:9');
    expect(addressWords('/unix/tmp/x')).toBe('/unix/tmp/x');
  });
});
