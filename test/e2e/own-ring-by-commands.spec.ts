import { expect, test } from '@playwright/test';
import {
  cli,
  freePort,
  makeDir,
  removeDirs,
  startPeer,
  type PeerProcess,
} from './support/peer-process.ts';

/** The README's ring of one's own, one command a machine, and a day with it: no page, no API. */

test.describe('a ring of three made and used by commands alone', () => {
  const dirs = ['ana', 'ben', 'till'].map(makeDir) as [string, string, string];
  const [ana, ben, till] = dirs;
  const peers = new Map<string, PeerProcess>();
  const ports = new Map<string, number>();
  test.afterAll(async () => {
    for (const peer of peers.values()) await peer.stop();
    removeDirs(dirs);
  });

  /** As typed at that machine: all that is printed; it has to succeed. */
  const at = (dir: string, args: readonly string[], input?: string): string => {
    const options = input === undefined ? {} : { input };
    const { status, stdout, stderr } = cli([...args, '--data', dir], options);
    expect(status, `${args.join(' ')}: ${stderr}`).toBe(0);
    return `${stdout}\n${stderr}`;
  };
  const start = async (dir: string, name: string, ...args: readonly string[]): Promise<void> => {
    const port = ports.get(dir) ?? (await freePort());
    ports.set(dir, port);
    peers.set(dir, await startPeer({ name, dir, port, args: ['--no-mdns', ...args] }));
  };
  const shows = (dir: string, ...titles: readonly string[]) =>
    expect
      .poll(() => {
        const cart = cli(['cart', 'show', 'Groceries', '--data', dir]).stdout;
        return titles.filter((title) => !cart.includes(title));
      })
      .toEqual([]);

  test('is joined, shopped on, written apart and put right', async () => {
    test.setTimeout(240_000);
    let phrase = '';
    await test.step('the six commands', async () => {
      await start(ana, "Ana's laptop", '--create-ring');
      phrase =
        /(?:[a-z]{3,8}\s+){11}[a-z]{3,8}/.exec(at(ana, ['account', 'create', 'Ana']))?.[0] ?? '';
      expect(phrase).not.toBe('');
      for (const [dir, name] of [
        [ben, "Ben's laptop"],
        [till, 'Till'],
      ] as const) {
        const link = /carrossel:\/\/join\/\S+/.exec(at(ana, ['invite']))?.[0] ?? '';
        await start(dir, name, '--join', link);
        at(dir, ['account', 'log-in', '--name', 'Ana'], phrase);
      }
      await expect
        .poll(() => at(till, ['ring', 'members']))
        .toMatch(/Ana's laptop[^]*Ben's laptop|Ben's laptop[^]*Ana's laptop/);
    });

    await test.step('a line added on each appears on the others', async () => {
      at(ana, ['cart', 'create', 'Groceries']);
      at(ana, [
        'cart',
        'add',
        'Rice 5 kg',
        '--quantity',
        '2',
        '--price',
        '29.90',
        '--currency',
        'BRL',
      ]);
      await shows(ben, 'Rice 5 kg');
      await shows(till, 'Rice 5 kg');
      at(ben, ['cart', 'add', 'Beans']);
      at(till, ['cart', 'add', 'Coffee', '--cart', 'Groceries']);
      for (const dir of dirs) await shows(dir, 'Rice 5 kg', 'Beans', 'Coffee', 'R$');
      await shows(ana, 'on all 3 machines that keep it');
    });

    await test.step('written apart: the till while the laptops are off, and they without it', async () => {
      await peers.get(till)?.stop();
      at(ana, ['cart', 'set', 'Rice 5 kg', '--quantity', '5']);
      at(ben, ['cart', 'remove', 'Beans']);
      await shows(ana, '5  Rice 5 kg');
      await peers.get(ana)?.stop();
      await peers.get(ben)?.stop();
      await start(till, 'Till');
      at(till, ['cart', 'set', 'Rice 5 kg', '--quantity', '3']);
      at(till, ['cart', 'add', 'Bread']);
      await start(ana, "Ana's laptop");
      await start(ben, "Ben's laptop");
      for (const dir of dirs) await shows(dir, 'Written apart', 'please choose', 'Bread');
      const suggested = at(ben, ['cart', 'show', 'Groceries', '--suggested']);
      expect(suggested).toContain('Bread');
      expect(suggested).not.toContain('Beans');
      expect(suggested).toContain('To choose about still');
    });

    await test.step('put right on one, and all three agree', async () => {
      at(ben, ['cart', 'resolve', '--keep', 'suggested', '--quantity', 'Rice 5 kg=4']);
      for (const dir of dirs) {
        await shows(dir, '4  Rice 5 kg', 'Bread', 'on all 3 machines');
        const cart = at(dir, ['cart', 'show', 'Groceries']);
        expect(cart).not.toContain('Written apart');
        expect(cart).not.toContain('Beans');
      }
    });
  });
});
