import { describe, expect, it } from 'vitest';
import { createHeartbeat } from '../../src-main/network/heartbeat.ts';
import { createManualClock } from '../support/manual-clock.ts';

function createWire() {
  const clock = createManualClock();
  const pings: number[] = [];
  const silent: number[] = [];
  let life = 0;
  const startMs = clock.monotonicMs();
  const heartbeat = createHeartbeat(
    { clock },
    {
      ping: (id) => pings.push(id),
      signsOfLife: () => life,
      onSilent: () => silent.push(clock.monotonicMs() - startMs),
    },
  );
  return { clock, heartbeat, pings, silent, live: () => life++ };
}

describe('the heartbeat', () => {
  it('pings every 0.75 seconds', () => {
    const { clock, pings, live } = createWire();
    for (let i = 0; i < 20; i++) {
      live();
      clock.advance(375);
    }
    expect(pings.length).toBeGreaterThanOrEqual(10);
    expect(pings.length).toBeLessThanOrEqual(11);
  });

  it('calls a peer silent well within three seconds of its last byte', () => {
    const { clock, silent, live } = createWire();
    clock.advance(1200);
    live();
    clock.advance(10_000);
    expect(silent).toHaveLength(1);
    const afterMs = (silent[0] ?? 0) - 1200;
    expect(afterMs).toBeGreaterThanOrEqual(2250);
    expect(afterMs).toBeLessThanOrEqual(2625);
    expect(clock.scheduled).toBe(0);
  });

  it('takes any byte for a sign of life, also when no ping is answered', () => {
    const { clock, silent, live } = createWire();
    for (let i = 0; i < 30; i++) {
      clock.advance(1000);
      live();
    }
    expect(silent).toEqual([]);
  });

  it('smooths the round trip as TCP does', () => {
    const { clock, heartbeat, pings } = createWire();
    expect(heartbeat.roundTripMs).toBeUndefined();
    clock.advance(80);
    heartbeat.pong(pings[0] ?? 0);
    expect(heartbeat.roundTripMs).toBe(80);
    clock.advance(670);
    expect(pings).toHaveLength(2);
    heartbeat.pong(pings[1] ?? 0);
    expect(heartbeat.roundTripMs).toBe(70);
    heartbeat.pong(999);
    expect(heartbeat.roundTripMs).toBe(70);
  });

  it('answers a probe by the pong to it alone, or by the time-out', async () => {
    const { clock, heartbeat, pings } = createWire();
    const alive = heartbeat.probe(1500);
    heartbeat.pong(pings[0] ?? 0);
    heartbeat.pong(pings[1] ?? 0);
    expect(await alive).toBe(true);
    const dead = heartbeat.probe(1500);
    clock.advance(1500);
    expect(await dead).toBe(false);
    heartbeat.stop();
    expect(await heartbeat.probe(1500)).toBe(false);
    expect(clock.scheduled).toBe(0);
  });
});
