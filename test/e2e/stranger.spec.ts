import { expect, test } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inviteLink, parseInviteLink } from '../../src-main/security/invite.ts';
import { everyoneShows, invite, makeHousehold } from './support/household.ts';
import {
  ApiError,
  cli,
  makeDir,
  removeDirs,
  startPeer,
  type PeerProcess,
} from './support/peer-process.ts';
import { createStranger, tryProtocol } from './support/stranger.ts';

const NEVER_USED = { wrongProofs: 0, closed: false, spent: undefined };
const SECRET = 'Bananas-that-nobody-may-read';

function protocolsOf(peer: PeerProcess): readonly string[] {
  const ring = peer.ready.ringId ?? '';
  return [
    `/carrossel/${ring}/rpc/1`,
    `/carrossel/${ring}/kad/1.0.0`,
    '/ipfs/id/1.0.0',
    '/ipfs/id/push/1.0.0',
    '/ipfs/ping/1.0.0',
    '/ipfs/kad/1.0.0',
  ];
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

test('a stranger gets nothing but the join protocol, and that only while an invite is open', async () => {
  const home = await makeHousehold({ names: ['inside'] });
  const stranger = await createStranger();
  try {
    const inside = home.peer('inside');
    const [address = ''] = inside.ready.addresses;
    for (const protocol of [...protocolsOf(inside), '/carrossel/join/1']) {
      expect([protocol, await tryProtocol(stranger, address, protocol)]).toEqual([
        protocol,
        'refused',
      ]);
    }
    await invite(inside);
    for (const protocol of protocolsOf(inside)) {
      expect([protocol, await tryProtocol(stranger, address, protocol)]).toEqual([
        protocol,
        'refused',
      ]);
    }
    // Join is spoken, but to garbage it answers at most an error; what it never does is crash.
    await tryProtocol(stranger, address, '/carrossel/join/1');
    expect(await inside.call('GET', '/health')).toMatchObject({ ok: true });
  } finally {
    await stranger.stop();
    await home.close();
  }
});

test('a wrong, used, expired or foreign invite is refused with its own code', async () => {
  const home = await makeHousehold({ names: ['host'] });
  const dirs = [makeDir('first'), makeDir('second')];
  const [firstDir = '', secondDir = ''] = dirs;
  const host = home.peer('host');
  const first = await startPeer({ name: 'first', dir: firstDir, args: ['--no-mdns'] });
  const second = await startPeer({ name: 'second', dir: secondDir, args: ['--no-mdns'] });
  try {
    const join = (peer: PeerProcess, link: string): Promise<unknown> =>
      peer.call('POST', '/ring/join', { link });
    expect(await codeOf(join(first, 'carrossel://join/nonsense'))).toBe('INVALID_LINK');
    expect(await codeOf(join(first, 'https://example.org/'))).toBe('INVALID_LINK');
    const short = await host.call<{ link: string; expiresMs: number }>('POST', '/invites', {
      expiresInMs: 1000,
    });
    await expect.poll(() => Date.now() > short.expiresMs).toBe(true);
    expect(await codeOf(join(first, short.link))).toBe('INVITE_EXPIRED');
    const good = await invite(host);
    await join(first, good);
    expect(await codeOf(join(second, good))).toBe('INVITE_USED');
    // The same machine once more, as after an answer that was lost: nothing is wrong with that.
    expect(await codeOf(join(first, good))).toBe('none');
    const fresh = await invite(host);
    const { secret, addresses, ...rest } = parseInviteLink(fresh);
    const guessed = { ...rest, secret: secret.map((byte) => byte ^ 1) };
    const grant = { admin: false, maxCapacity: 100, zones: [] };
    const wrong = inviteLink({ ...NEVER_USED, ...guessed, grant }, addresses);
    expect(await codeOf(join(second, wrong))).toBe('INVITE_INVALID');
    await host.kill();
    expect(await codeOf(join(second, fresh))).toBe('INVITER_UNREACHABLE');
  } finally {
    await first.kill();
    await second.kill();
    await home.close();
    removeDirs(dirs);
  }
});

test('a revoked member is cut off and gets no answer any more', async () => {
  const home = await makeHousehold({ names: ['admin', 'lost'] });
  try {
    const [admin, lost] = [home.peer('admin'), home.peer('lost')];
    await admin.call('POST', '/carts', { name: 'Private' });
    await everyoneShows(home.peers, 'Private', []);
    await admin.call('POST', `/members/${lost.ready.peerId}/revoke`, {});
    await expect
      .poll(async () => (await lost.members()).find((m) => m.name === 'admin')?.connected, {
        timeout: 10_000,
      })
      .toBe(false);
    await admin.add('Private', 'After the revocation');
    await expect
      .poll(async () => (await admin.members()).find((m) => m.name === 'lost')?.state)
      .toBe('revoked');
    expect(await lost.titles('Private')).toEqual([]);
    await expect
      .poll(async () => (await lost.status()).notices.map(({ code }) => code))
      .toContain('REVOKED');
  } finally {
    await home.close();
  }
});

test('a machine that was taken out while it was off is told so when it comes back', async () => {
  const home = await makeHousehold({ names: ['admin', 'lost'] });
  try {
    const [admin, off] = [home.peer('admin'), home.peer('lost')];
    const { peerId } = off.ready;
    await off.stop();
    await admin.call('POST', `/members/${peerId}/revoke`, {});
    const lost = await home.restart('lost');
    await expect
      .poll(async () => (await lost.status()).notices.map(({ code }) => code))
      .toContain('REVOKED');
    const doctor = cli(['doctor', '--data', lost.dir]);
    expect(doctor.status).toBe(1);
    expect(doctor.stdout).toMatch(/taken out of the ring[^]*new invite/);
    expect(doctor.stdout).not.toContain('firewall');
    expect(cli(['ring', 'status', '--data', lost.dir]).stdout).toMatch(/carrossel\s+ring new-key/);
  } finally {
    await home.close();
  }
});

test("an owner's disk holds no readable text of a cart that is not its own", async () => {
  const home = await makeHousehold({ names: ['person'] });
  const dir = makeDir('keeper');
  const person = home.peer('person');
  const keeper = await startPeer({
    name: 'keeper',
    dir,
    args: ['--no-mdns', '--join', await invite(person)],
  });
  try {
    await person.call('POST', '/carts', { name: 'Secret list' });
    await person.add('Secret list', SECRET);
    await expect.poll(async () => (await person.cart('Secret list')).safety.copies).toBe(2);
    await keeper.stop();
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((f) =>
      f.isFile(),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      for (const text of [SECRET, 'Secret list']) {
        expect([file.name, text, bytes.includes(text)]).toEqual([file.name, text, false]);
      }
    }
    // The keeper is no device of the account: its command line shows no cart either.
    const again = await startPeer({ name: 'keeper', dir, args: ['--no-mdns'] });
    const shown = cli(['cart', 'show', 'Secret list', '--data', dir]);
    await again.stop();
    expect(shown.status).toBe(1);
    expect(shown.stderr).toContain('NO_ACCOUNT');
  } finally {
    await keeper.kill();
    await home.close();
    removeDirs([dir]);
  }
});
