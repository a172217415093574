import { describe, expect, it, beforeEach, afterEach } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import { utf8, utf8ToString } from '../../src-main/base/bytes.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import { MAX_BODY_BYTES, type Transport } from '../../src-main/network/transport.ts';
import { VERB } from '../../src-main/network/verb.ts';

/** Two members of one ring that know each other; time is real or simulated. */
export interface TransportFixture {
  readonly a: Transport;
  readonly b: Transport;
  /** Lets time pass until the work is done. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass until it is so; fails after ten seconds of the fixture's time. */
  until(condition: () => boolean): Promise<void>;
  /** Milliseconds of the fixture's time. */
  nowMs(): number;
  /** From now on nothing sent arrives, and nobody is told. */
  cut(): void;
  heal(): void;
  stop(): Promise<void>;
}

const STRANGER = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' as PeerId;
const NEVER = new Promise<Uint8Array>(() => undefined);

/**
 * What every Transport does (network/transport.ts). `create` starts both; they connect by
 * themselves.
 */
export function transportSuite(name: string, create: () => Promise<TransportFixture>): void {
  describe(`${name}, as a transport`, () => {
    let fixture: TransportFixture;
    let a: Transport;
    let b: Transport;

    beforeEach(async () => {
      fixture = await create();
      ({ a, b } = fixture);
      await fixture.until(() => a.isConnected(b.self) && b.isConnected(a.self));
    });
    afterEach(async () => {
      await fixture.stop();
    });
    const ask = (body: Uint8Array, options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
      a.request(b.self, VERB.get, body, { timeoutMs: 5000, ...options });
    const codeOf = (work: Promise<unknown>): Promise<string> =>
      fixture.settle(
        work.then(
          () => 'no error',
          (error: unknown) => (error instanceof AppError ? error.code : String(error)),
        ),
      );

    describe('requests', () => {
      it('are answered by the handler of their verb, which knows who asks', async () => {
        b.handle(VERB.get, (body, { from }) =>
          Promise.resolve(utf8(`${utf8ToString(body)} for ${from}`)),
        );
        const answer = await fixture.settle(ask(utf8('a cart')));
        expect(utf8ToString(answer)).toBe(`a cart for ${a.self}`);
      });

      it('go both ways over one session', async () => {
        a.handle(VERB.put, (body) => Promise.resolve(body));
        b.handle(VERB.get, async (body, { from }) =>
          b.request(from, VERB.put, body, { timeoutMs: 5000 }),
        );
        expect(await fixture.settle(ask(utf8('there and back')))).toEqual(utf8('there and back'));
      });

      it('carry an error back with its code, sentence and details', async () => {
        b.handle(VERB.get, () =>
          Promise.reject(
            new AppError('OTHER_LIST', 'Look again.', { details: { n: 3, l: ['x'] } }),
          ),
        );
        const error: unknown = await fixture.settle(ask(utf8('')).catch((e: unknown) => e));
        expect(error).toMatchObject({
          code: 'OTHER_LIST',
          message: 'Look again.',
          details: { n: 3, l: ['x'] },
        });
      });

      it('tell nothing of a fault inside but that there was one', async () => {
        b.handle(VERB.get, () => Promise.reject(new Error('secret path /home/ana')));
        const error: unknown = await fixture.settle(ask(utf8('')).catch((e: unknown) => e));
        expect(error).toMatchObject({ code: 'INTERNAL' });
        expect(String(error)).not.toContain('ana');
      });

      it('of a verb without handler are NOT_SUPPORTED', async () => {
        expect(await codeOf(ask(utf8('')))).toBe('NOT_SUPPORTED');
      });

      it('to a peer without session are UNREACHABLE', async () => {
        const asked = a.request(STRANGER, VERB.get, utf8(''), { timeoutMs: 1000 });
        expect(await codeOf(asked)).toBe('UNREACHABLE');
        expect(a.notify(STRANGER, VERB.changed, utf8(''))).toBe(false);
      });

      it('end with TIMEOUT, and the handler is told to stop', async () => {
        let stopped = false;
        b.handle(VERB.get, (_body, { signal }) => {
          signal.addEventListener('abort', () => {
            stopped = true;
          });
          return NEVER;
        });
        expect(await codeOf(ask(utf8(''), { timeoutMs: 100 }))).toBe('TIMEOUT');
        await fixture.until(() => stopped);
      });

      it('end with ABORTED when the asker gives up, and the handler is told to stop', async () => {
        let stopped = false;
        const controller = new AbortController();
        b.handle(VERB.get, (_body, { signal }) => {
          signal.addEventListener('abort', () => {
            stopped = true;
          });
          controller.abort();
          return NEVER;
        });
        expect(await codeOf(ask(utf8(''), { signal: controller.signal }))).toBe('ABORTED');
        await fixture.until(() => stopped);
        expect(await codeOf(ask(utf8(''), { signal: controller.signal }))).toBe('ABORTED');
      });

      it('may be as large as a frame, and not larger', async () => {
        b.handle(VERB.get, (body) => Promise.resolve(body));
        const largest = new Uint8Array(MAX_BODY_BYTES).fill(7);
        expect(await fixture.settle(ask(largest))).toEqual(largest);
        expect(await codeOf(ask(new Uint8Array(MAX_BODY_BYTES + 1)))).toBe('LIMIT_EXCEEDED');
      });

      it('fly ten thousand at once, each with its own answer', async () => {
        b.handle(VERB.get, (body) => Promise.resolve(body));
        const all = Array.from({ length: 10_000 }, (_, i) => utf8(`request ${i}`));
        const answers = await fixture.settle(
          Promise.all(all.map((one) => ask(one, { timeoutMs: 20_000 }))),
        );
        expect(answers.map(utf8ToString)).toEqual(all.map(utf8ToString));
      });

      it('beyond a bound are OVERLOADED, and cost no memory', async () => {
        b.handle(VERB.get, () => NEVER);
        const asked = Array.from({ length: 20_000 }, () =>
          codeOf(ask(utf8('x'), { timeoutMs: 1500 })),
        );
        const codes = new Set(await fixture.settle(Promise.all(asked)));
        expect(codes).toEqual(new Set(['OVERLOADED', 'TIMEOUT']));
      });
    });

    describe('notices', () => {
      it('arrive in order, without an answer', async () => {
        const heard: string[] = [];
        b.handle(VERB.changed, (body) => {
          heard.push(utf8ToString(body));
          return Promise.reject(new AppError('BAD_REQUEST', 'nobody hears this'));
        });
        for (let i = 0; i < 100; i++)
          expect(a.notify(b.self, VERB.changed, utf8(`${i}`))).toBe(true);
        await fixture.until(() => heard.length === 100);
        expect(heard).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
      });
    });

    describe('sessions', () => {
      it('are known on both sides, with one nonce for both', () => {
        expect(a.connected()).toEqual([b.self]);
        expect(b.connected()).toEqual([a.self]);
        const nonce = a.sessionNonce(b.self);
        expect(nonce?.byteLength).toBe(32);
        expect(nonce).toEqual(b.sessionNonce(a.self));
        expect(a.sessionNonce(STRANGER)).toBeUndefined();
      });

      it('measure the round trip', async () => {
        await fixture.until(() => a.roundTripMs(b.self) !== undefined);
        expect(a.roundTripMs(b.self)).toBeGreaterThanOrEqual(0);
        expect(a.addressOf(b.self)).toBeTypeOf('string');
      });

      it('go down within four seconds of silence, and stand again when it ends', async () => {
        const seen: string[] = [];
        a.on('down', ({ peer }) => seen.push(`down ${peer === b.self}`));
        a.on('up', ({ peer }) => seen.push(`up ${peer === b.self}`));
        b.handle(VERB.get, (body) => Promise.resolve(body));
        const nonce = a.sessionNonce(b.self);
        await fixture.until(() => a.roundTripMs(b.self) !== undefined);
        const cutMs = fixture.nowMs();
        fixture.cut();
        const inFlight = codeOf(ask(utf8('lost'), { timeoutMs: 20_000 }));
        await fixture.until(() => !a.isConnected(b.self));
        expect(fixture.nowMs() - cutMs).toBeLessThan(4500);
        expect(await inFlight).toBe('UNREACHABLE');
        expect(a.connected()).toEqual([]);
        fixture.heal();
        await fixture.until(() => a.isConnected(b.self) && b.isConnected(a.self));
        expect(seen).toEqual(['down true', 'up true']);
        expect(await fixture.settle(ask(utf8('again')))).toEqual(utf8('again'));
        expect(a.sessionNonce(b.self)).not.toEqual(nonce);
      });

      it('end on both sides when one disconnects', async () => {
        const reasons: string[] = [];
        b.on('down', ({ reason }) => reasons.push(reason));
        a.disconnect(b.self, 'it is revoked');
        await fixture.until(() => !b.isConnected(a.self));
        expect(reasons).toHaveLength(1);
      });
    });
  });
}
