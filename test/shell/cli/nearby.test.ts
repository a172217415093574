import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCommandLine, ran, testIo, type CommandLine, type Ran } from './command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

/** Types the lines once the newcomer is on the screen, and Ctrl-C when `until` is told. */
async function atTheDoor(typed: string, until: RegExp, ...more: string[]): Promise<Ran> {
  const stop = new AbortController();
  const io = testIo({
    stopSignal: () => stop.signal,
    async *lines() {
      await vi.waitFor(() => {
        expect(io.told.out.join()).toContain('asks to join');
      });
      yield* typed.split('\n');
    },
  });
  const done = ran(['nearby', ...more, '--data', line.dataDir], io);
  await vi.waitFor(() => {
    expect([...io.told.out, ...io.told.err].join('\n')).toMatch(until);
  });
  stop.abort();
  return done;
}

describe('carrossel nearby', () => {
  it('lets in the machine whose digits are typed, as they are read', async () => {
    const admit = vi.spyOn(line.app.nearby, 'admit');
    const run = atTheDoor('042 137', /Open for newcomers/, '--admin');
    await vi.waitFor(() => {
      expect(admit).toHaveBeenCalledTimes(1);
    });
    expect(admit.mock.calls[0]?.[0]).toEqual({ id: 'n1', digits: '042137', admin: true });
    expect(await run).toMatchObject({ status: 0 });
    expect((await run).out).toContain('phone asks to join.');
  });

  it('lets in nobody by other digits, and goes on', async () => {
    const admit = vi.spyOn(line.app.nearby, 'admit');
    const run = await atTheDoor('\n111111', /No machine that asks has these digits/);
    expect(run).toMatchObject({ status: 0 });
    expect(admit).not.toHaveBeenCalled();
  });
});

describe('carrossel ring join-nearby', () => {
  const join = (answer: string, ...words: string[]): Promise<Ran> =>
    ran(['ring', 'join-nearby', ...words, '--data', line.dataDir], testIo({ input: answer }));

  it('shows the digits and joins when a person says they are the same', async () => {
    const run = await join('yes');
    expect(run.err).toContain('The digits:  042 137');
    expect(run).toMatchObject({ status: 0 });
    expect(run.out).toContain('Joined Home.');
  });

  it('does not join when they differ, or when no such ring is there', async () => {
    expect(await join('no')).toMatchObject({ status: 1 });
    expect((await join('no')).err).toContain('DIGITS_DIFFER');
  });
});
