import { ORPCError } from '@orpc/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApi, type Api } from '../../src-renderer/api.ts';
import { toApiError } from '../../src-renderer/api-error.ts';
import type { Clock } from '../../src-renderer/clock.ts';
import { createFixturePeer } from './fixture-peer.ts';
import { cart } from './fixture-views.ts';

/** A clock that a test moves: what is due runs, in order. */
function createHandClock(): Clock & { pass(ms: number): void } {
  let now = 0;
  let plans: { at: number; run: () => void }[] = [];
  return {
    wallMs: () => now,
    schedule(delayMs, run) {
      const plan = { at: now + delayMs, run };
      plans.push(plan);
      return () => {
        plans = plans.filter((one) => one !== plan);
      };
    },
    pass(ms) {
      now += ms;
      const due = plans.filter(({ at }) => at <= now);
      plans = plans.filter(({ at }) => at > now);
      for (const { run } of due.toSorted((a, b) => a.at - b.at)) run();
    },
  };
}

const stopped: Api[] = [];
afterEach(() => {
  for (const api of stopped.splice(0)) api.stop();
});
function start() {
  const peer = createFixturePeer({ carts: [cart()] });
  const clock = createHandClock();
  const api = createApi({ bridge: peer.bridge, clock });
  stopped.push(api);
  return { peer, clock, api };
}

describe('the line to the peer', () => {
  it('is made again with pauses when it breaks, and tells where it stands', async () => {
    const { peer, clock, api } = start();
    const states: string[] = [];
    api.onState((state) => states.push(state));
    expect(api.state).toBe('connecting');
    api.start();
    await vi.waitFor(() => expect(api.state).toBe('live'));
    peer.cut();
    await vi.waitFor(() => expect(api.state).toBe('lost'));
    peer.mend();
    await vi.waitFor(() => {
      clock.pass(200);
      expect(api.state).toBe('live');
    });
    expect(states).toEqual(['live', 'lost', 'live']);
  });

  it('opens streams again on the next line', async () => {
    const { peer, clock, api } = start();
    const seen: string[] = [];
    api.start();
    api.follow({
      open: (client, signal) => client.carts.watch({ name: 'c1' }, { signal }),
      each: ({ name }) => seen.push(name),
      ended: (error) => seen.push(`ended ${error?.code ?? ''}`),
    });
    await vi.waitFor(() => expect(seen).toEqual(['Groceries']));
    peer.cut();
    await vi.waitFor(() => expect(api.state).toBe('lost'));
    peer.state.carts = [cart({ name: 'Again' })];
    peer.mend();
    await vi.waitFor(() => {
      clock.pass(200);
      expect(seen).toContain('Again');
    });
    expect(seen.filter((one) => one.startsWith('ended'))).toEqual([]);
  });

  it('fails a call in words of its own when there is no peer, after some patience', async () => {
    const { peer, clock, api } = start();
    peer.cut();
    api.start();
    const call = api.call((client) => client.carts.list());
    const failed = expect(call).rejects.toMatchObject({ code: 'NO_RUNNING_PEER' });
    clock.pass(4000);
    await failed;
  });

  it('gives up on a call without an answer', async () => {
    const { clock, api } = start();
    api.start();
    await vi.waitFor(() => expect(api.state).toBe('live'));
    let aborted = false;
    const call = api.call(async (_, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise<never>(() => undefined);
    }, 500);
    const failed = expect(call).rejects.toMatchObject({ code: 'TIMEOUT' });
    await vi.waitFor(() => {
      clock.pass(500);
      expect(aborted).toBe(true);
    });
    await failed;
  });
});

describe('an error of the peer', () => {
  it('keeps its code and details', () => {
    const error = new ORPCError('OUTCOME_UNKNOWN', { message: 'x', data: { acked: 1 } });
    expect(toApiError(error, false)).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      details: { acked: 1 },
    });
  });

  it('is INTERNAL when it is none of ours, and the line’s when that broke', () => {
    expect(toApiError(new ORPCError('TEAPOT'), false).code).toBe('INTERNAL');
    expect(toApiError(new ORPCError('toString'), false).code).toBe('INTERNAL');
    expect(toApiError(new Error('x'), true).code).toBe('NO_RUNNING_PEER');
  });
});
