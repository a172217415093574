import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { utf8, utf8ToString } from '../../src-main/base/bytes.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { converse, serveJoin, type JoinTalk } from '../../src-main/network/join.ts';
import { createLibp2pPeer, type Libp2pPeer } from '../../src-main/network/libp2p-peer.ts';
import {
  clock,
  createRealPeer,
  createRoll,
  freshIdentity,
  type RealPeer,
  type Roll,
} from './real-peer.ts';

const logger = createSilentLogger();
const NOBODY = {
  isMember: () => false,
  strangersWelcome: () => false,
  isRevoked: () => false,
};

describe('the join protocol', () => {
  let roll: Roll;
  let inviter: RealPeer;
  let newcomer: Libp2pPeer;
  let heard: string[];

  beforeEach(async () => {
    roll = createRoll();
    roll.strangersWelcome = true;
    heard = [];
    inviter = await createRealPeer(roll);
    roll.members.set(inviter.self, []);
    await serveJoin({
      peer: inviter.libp2p,
      clock,
      logger,
      open: (peer, address) => ({
        answer(message) {
          const text = utf8ToString(message);
          heard.push(`${text} of ${peer === newcomer.self} at ${address}`);
          if (text === 'wrong proof') {
            throw new AppError('INVITE_INVALID', 'Not valid.', { details: { left: 4 } });
          }
          if (text === 'hang') return new Promise(() => undefined);
          if (text === 'large') {
            return Promise.resolve({ reply: new Uint8Array(500_000).fill(1), done: true });
          }
          return Promise.resolve({ reply: utf8(`re: ${text}`), done: text === 'proof' });
        },
      }),
    });
    await inviter.start();
    newcomer = await createLibp2pPeer(
      { seed: freshIdentity().seed, ring: undefined, listen: [], mdns: false },
      { clock, logger, admission: NOBODY },
    );
    await newcomer.start();
  });
  afterEach(async () => {
    await newcomer.stop();
    await inviter.stop();
  });

  /** Says the messages one after another; keeps the replies. */
  function say(...messages: string[]): { talk: JoinTalk; replies: Uint8Array[] } {
    const replies: Uint8Array[] = [];
    const rest = messages.slice(1);
    return {
      replies,
      talk: {
        first: () => utf8(messages[0] ?? ''),
        next(reply) {
          replies.push(reply);
          const next = rest.shift();
          return next === undefined ? undefined : utf8(next);
        },
      },
    };
  }
  const speak = (talk: JoinTalk, timeoutMs = 5000): Promise<void> =>
    converse(
      { peer: newcomer, clock },
      { peer: inviter.self, addresses: inviter.libp2p.addresses() },
      talk,
      { timeoutMs },
    );
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'no error',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    );

  it('carries a dialog of several messages, then hangs up', async () => {
    const { talk, replies } = say('hello', 'proof');
    await speak(talk);
    expect(replies.map(utf8ToString)).toEqual(['re: hello', 're: proof']);
    expect(heard).toEqual(['hello of true at 127.0.0.1', 'proof of true at 127.0.0.1']);
    expect(newcomer.connections(inviter.self).filter((c) => c.status === 'open')).toEqual([]);
  });

  it('carries an answer of half a megabyte', async () => {
    const { talk, replies } = say('large');
    await speak(talk);
    expect(replies[0]?.byteLength).toBe(500_000);
  });

  it('tells the newcomer with which code it was refused', async () => {
    const error: unknown = await speak(say('hello', 'wrong proof').talk).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'INVITE_INVALID', details: { left: 4 } });
  });

  it('refuses a newcomer that says more than 4 KiB', async () => {
    expect(await codeOf(speak(say('x'.repeat(5000)).talk))).toMatch(
      /BAD_ENCODING|LIMIT_EXCEEDED|UNREACHABLE/,
    );
    expect(heard).toEqual([]);
  });

  it('is UNREACHABLE when no invite is open, and when nobody is there', async () => {
    roll.strangersWelcome = false;
    expect(await codeOf(speak(say('hello').talk))).toBe('UNREACHABLE');
    const nobody = { peer: freshIdentity().peer, addresses: ['/ip4/127.0.0.1/tcp/1'] };
    const asked = converse({ peer: newcomer, clock }, nobody, say('x').talk, { timeoutMs: 3000 });
    expect(await codeOf(asked)).toBe('UNREACHABLE');
    const nowhere = { peer: freshIdentity().peer, addresses: [] };
    const lost = converse({ peer: newcomer, clock }, nowhere, say('x').talk, { timeoutMs: 3000 });
    expect(await codeOf(lost)).toBe('UNREACHABLE');
    expect(heard).toEqual([]);
  });

  it('ends with TIMEOUT when the other side does not answer', async () => {
    expect(await codeOf(speak(say('hang').talk, 300))).toBe('TIMEOUT');
  });

  it('ends when the newcomer finds fault with an answer', async () => {
    const talk: JoinTalk = {
      first: () => utf8('hello'),
      next() {
        throw new AppError('WRONG_RING', 'Another ring.');
      },
    };
    expect(await codeOf(speak(talk))).toBe('WRONG_RING');
  });

  it('lets a ring-less peer listen to nobody', () => {
    expect(newcomer.addresses()).toEqual([]);
    expect(newcomer.kad).toBeUndefined();
  });

  it('refuses to dial anybody else from a ring-less peer', async () => {
    const signal = new AbortController().signal;
    await expect(
      newcomer.connect(inviter.self as PeerId, inviter.libp2p.addresses(), signal),
    ).rejects.toThrow();
  });
});
