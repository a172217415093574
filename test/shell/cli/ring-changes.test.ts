import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCommandLine, ran, testIo, type CommandLine, type Ran } from './command-line.ts';

const ANA = { peerId: 'a', name: 'ana' };
const RUI = { peerId: 'r', name: 'rui' };
const PLAN = {
  moves: [{ to: ANA, from: RUI, partitions: 300, accounts: 2, items: 9, bytes: 40_000 }],
  ...{ partitions: 300, ofPartitions: 1024, accounts: 2, items: 9, bytes: 40_000 },
  before: { n: 3, r: 2, w: 2 },
  after: { n: 2, r: 1, w: 1 },
  shares: [{ ...RUI, before: 0.6, after: 0 }],
};

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

const run = (words: readonly string[], answer = 'no'): Promise<Ran> =>
  ran([...words, '--data', line.dataDir], testIo({ ask: () => Promise.resolve(answer) }));

describe('carrossel ring plan', () => {
  it('says in words what moves, and what becomes of the copies', async () => {
    const asked = vi.spyOn(line.app.membership, 'plan').mockImplementation(() => PLAN);
    const { status, out } = await run(['ring', 'plan', 'settings', '--n', '2', '--r', '1']);
    expect(status).toBe(0);
    expect(asked.mock.calls[0]?.[0]).toEqual({ kind: 'settings', n: 2, r: 1 });
    expect(out).toContain(
      "300 of the ring's 1024 parts change hands: 2 copies of accounts, 40 kB.",
    );
    expect(out).toMatch(/ana +rui +300 +2 +40 kB/);
    expect(out).toContain('Copies: 3 of each item so far, then 2 of each item');
    expect(out).toContain('Fewer machines may fail at once');
    expect(out).toContain('A read may miss the last write');
    expect(out).toContain('rui keeps 60 % of the ring now, 0 % then.');
  });

  it('is refused for what is no change', async () => {
    const { status, err } = await run(['ring', 'plan', 'retire']);
    expect(status).not.toBe(0);
    expect(err).toContain('retire PEER');
  });
});

describe('carrossel ring leave', () => {
  it('changes nothing when the person says no', async () => {
    const left = vi.spyOn(line.app.membership, 'leave');
    vi.spyOn(line.app.membership, 'plan').mockImplementation(() => PLAN);
    const { err } = await run(['ring', 'leave']);
    expect(err).toContain('change hands');
    expect(left).not.toHaveBeenCalled();
  });

  it('shows how far it is until it has left', async () => {
    const call = { signal: new AbortController().signal };
    const member = await line.app.membership.stay(undefined, call);
    const states = ['leaving', 'left'] as const;
    let looks = 0;
    vi.spyOn(line.app.ring, 'members').mockImplementation(() => [
      { ...member, own: true, state: states[Math.min(looks++, 1)] ?? 'left' },
    ]);
    vi.spyOn(line.app.membership, 'transfers').mockImplementation(() => [
      {
        ...{ kind: 'leave' as const, change: RUI, to: ANA, from: [RUI], state: 'moving' as const },
        partitions: { done: 150, total: 300 },
      },
    ]);
    const { status, out, err } = await run(['ring', 'leave', '--yes']);
    expect(status).toBe(0);
    expect(err).toContain('[############............] 150 of 300 parts, to take over: ana');
    expect(out).toContain('This machine has left');
  });
});

describe('carrossel ring capacity', () => {
  it('shows what moves, asks, and waits until it is there', async () => {
    const call = { signal: new AbortController().signal };
    const member = await line.app.membership.stay(undefined, call);
    const wanted = { capacity: 8, zone: 'kitchen' };
    const seen = [
      { ...member, own: true },
      { ...member, own: true, wanted },
      { ...member, own: true, ...wanted, share: 0.62 },
    ];
    let looks = 0;
    vi.spyOn(line.app.ring, 'members').mockImplementation(() => {
      const next = seen[Math.min(looks++, seen.length - 1)];
      return next === undefined ? [] : [next];
    });
    const asked = vi.spyOn(line.app.membership, 'plan').mockImplementation(() => PLAN);
    const changed = vi.spyOn(line.app.membership, 'seat');
    const { status, out, err } = await run(['ring', 'capacity', '8'], 'yes');
    expect(status).toBe(0);
    expect(asked.mock.calls[0]?.[0]).toEqual({ kind: 'seat', capacity: 8 });
    expect(changed.mock.calls[0]?.[0]).toEqual({ capacity: 8 });
    expect(err).toContain('change hands');
    expect(out).toContain('This machine keeps 62 % of the ring (capacity 8), in the zone kitchen.');
  });

  it('changes nothing when the person says no, or writes no number', async () => {
    vi.spyOn(line.app.membership, 'plan').mockImplementation(() => PLAN);
    const changed = vi.spyOn(line.app.membership, 'seat');
    await run(['ring', 'zone', 'kitchen']);
    const { status, err } = await run(['ring', 'capacity', 'much'], 'yes');
    expect(status).toBe(2);
    expect(err).toContain('a number from 0 to 64');
    expect(changed).not.toHaveBeenCalled();
  });
});

describe('carrossel ring revoke', () => {
  async function lost() {
    const call = { signal: new AbortController().signal };
    const member = await line.app.membership.stay(undefined, call);
    const found = { ...member, peerId: 'old-laptop-id', name: 'old-laptop', own: false };
    vi.spyOn(line.app.ring, 'members').mockImplementation(() => [found]);
    const asked = vi.spyOn(line.app.membership, 'plan').mockImplementation(() => PLAN);
    const revoke = vi.spyOn(line.app.ring, 'revoke');
    revoke.mockImplementation(() => ({ revoked: true }));
    return { asked, revoke };
  }

  it('shows what moves and asks: there is no way back', async () => {
    const { asked, revoke } = await lost();
    const { err } = await run(['ring', 'revoke', 'old-laptop']);
    expect(asked.mock.calls[0]?.[0]).toEqual({ kind: 'retire', peerId: 'old-laptop-id' });
    expect(err).toContain('change hands');
    expect(revoke).not.toHaveBeenCalled();
    const { out } = await run(['ring', 'revoke', 'old-laptop'], 'yes');
    expect(revoke.mock.calls[0]?.[0]).toEqual({ peerId: 'old-laptop-id' });
    expect(out).toContain('old-laptop is shut out.');
  });

  it('asks no program: that says --yes', async () => {
    const { revoke } = await lost();
    expect((await run(['ring', 'revoke', 'old-laptop', '--json'])).status).toBe(2);
    expect(revoke).not.toHaveBeenCalled();
    expect((await run(['ring', 'revoke', 'old-laptop', '--json', '--yes'])).status).toBe(0);
  });
});

describe('carrossel invite', () => {
  it('says what one more machine would keep, before it is in', async () => {
    const newcomer = { peerId: 'newcomer', name: 'The newcomer' };
    const asked = vi.spyOn(line.app.membership, 'plan').mockImplementation(() => ({
      ...PLAN,
      moves: [{ ...PLAN.moves[0]!, to: newcomer }],
      shares: [{ ...newcomer, before: 0, after: 0.5 }],
    }));
    await run(['ring', 'create']);
    const { out, err } = await run(['invite']);
    expect(asked.mock.calls[0]?.[0]).toEqual({ kind: 'join', ...newcomer });
    expect(out).toBe('carrossel://join/abc');
    expect(err).toContain('It would keep 50 % of the ring: 2 copies of accounts, 40 kB.');
  });
});
