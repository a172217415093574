import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPeer } from '../../../src-main/peer.ts';
import { ran, testIo } from './command-line.ts';

/** What a person types, when they type it. */
function keyboard() {
  const typed: string[] = [];
  let wake = (): void => undefined;
  return {
    type(line: string): void {
      typed.push(line);
      wake();
    },
    async *lines(): AsyncGenerator<string> {
      for (;;) {
        const next = typed.shift();
        if (next !== undefined) yield next;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}

describe('a ring on one machine, to try it out', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'carrossel-try-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const command = async (name: string, ...words: string[]) =>
    ran([...words, '--data', join(dir, name)], testIo());
  const until = (check: () => Promise<void>) =>
    vi.waitFor(check, { timeout: 20_000, interval: 100 });

  it(
    'is shopped in together and apart, and goes on the next time',
    { timeout: 90_000 },
    async () => {
      const keys = keyboard();
      const io = testIo({ loadPeer: () => Promise.resolve(createPeer), lines: () => keys.lines() });
      const running = ran(['try', '3', '--data', dir], io);
      const shown = (times: number) =>
        until(async () => {
          expect(io.told.out).toHaveLength(times);
          await Promise.resolve();
        });
      await shown(1);
      expect(io.told.err.join('\n')).toMatch(/the account +(\w+ ){11}\w+/);
      await until(async () => {
        expect((await command('clara', 'cart', 'show')).out).toContain('on all 3 machines');
      });
      keys.type('stop ben clara');
      await shown(2);
      expect(io.told.out.at(-1)).toMatch(/ben +Ben's laptop +stopped/);
      expect((await command('ana', 'cart', 'set', 'Rice', '--quantity', '5')).status).toBe(0);
      keys.type('stop ana');
      await shown(3);
      keys.type('start ben clara');
      await shown(4);
      expect((await command('ben', 'cart', 'set', 'Rice', '--quantity', '7')).status).toBe(0);
      keys.type('stop nobody');
      keys.type('start');
      await shown(5);
      expect(io.told.err).toContain('There is no nobody here.');
      for (const name of ['ana', 'ben', 'clara']) {
        await until(async () => {
          expect((await command(name, 'cart', 'show')).out).toContain('please choose');
        });
      }
      const settled = await command('clara', 'cart', 'resolve', '--keep', 'union');
      expect(settled.status).toBe(0);
      await until(async () => {
        expect((await command('ana', 'cart', 'show')).out).toMatch(/7 +Rice 5 kg/);
      });
      keys.type('quit');
      expect((await running).status).toBe(0);
      const again = testIo({
        loadPeer: () => Promise.resolve(createPeer),
        lines: () => keys.lines(),
      });
      const second = ran(['try', '3', '--data', dir], again);
      await until(async () => {
        expect((await command('clara', 'cart', 'show')).out).toMatch(/7 +Rice 5 kg/);
      });
      keys.type('quit');
      keys.type('quit');
      expect((await second).status).toBe(0);
      expect(again.told.err.join('\n')).not.toContain('the account');
    },
  );
});
