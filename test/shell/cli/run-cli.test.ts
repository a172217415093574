import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src-main/base/app-error.ts';
import { COMMANDS } from '../../../src-main/shell/cli/run-cli.ts';
import { commandHelp } from '../../../src-main/shell/cli/help-text.ts';
import { createMemoryApp, PEER_ID, RING_ID } from '../memory-app.ts';
import { memoryPeers, openCommandLine, ran, testIo, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

describe('exit status and errors', () => {
  it('is 0 when done, 1 when refused, 2 when wrongly written, 3 without a peer', async () => {
    expect((await line.run('ring', 'create')).status).toBe(0);
    expect((await line.run('ring', 'create')).status).toBe(1);
    expect((await line.run('ring', 'creat')).status).toBe(2);
    expect((await line.run('query', '--limit', 'x')).status).toBe(2);
    const empty = await ran(['cart', 'list', '--data', '/nonexistent'], testIo());
    expect(empty).toEqual({
      status: 3,
      out: '',
      err:
        'carrossel: No peer is running for /nonexistent. ' +
        'Start one: carrossel peer --data "/nonexistent" (NO_RUNNING_PEER)',
    });
  });

  it('gives programs the code and details as JSON', async () => {
    const refused = await line.run('cart', 'show', 'Nope', '--json');
    expect(JSON.parse(refused.err)).toEqual({
      error: {
        code: 'CART_NOT_FOUND',
        message: 'There is no cart "Nope" and no other.',
        details: { cart: 'Nope' },
      },
    });
    expect(JSON.parse((await line.run('cart', 'shw', '--json')).err)).toMatchObject({
      error: { code: 'USAGE' },
    });
  });

  it('says what is wrong with a command line, and where help is', async () => {
    const say = async (...words: string[]) => (await line.run(...words)).err;
    expect(await say('frobnicate')).toBe(
      'carrossel: There is no command "frobnicate".\nTry: carrossel --help',
    );
    expect(await say('cart', 'frob')).toBe(
      'carrossel: There is no command "cart frob".\nTry: carrossel cart --help',
    );
    expect(await say('cart', 'add')).toContain('needs TITLE');
    expect(await say('cart', 'add', 'Rice', '5')).toContain('Put words that belong together');
    expect(await say('cart', 'add', 'Rice', '--colour', 'red')).toContain("'--colour'");
    expect(await say('cart', 'add', 'Rice', '--quantity', '0')).toContain('from 1 to 1000000');
    expect(await say('invite', '--expires', 'soon')).toContain('30m, 24h or 7d');
    expect(await say('put', 'k', 'plain')).toContain('VALUE takes JSON');
  });

  it('knows a peer that died without a word', async () => {
    const { dataDir } = line;
    const content = await readFile(join(dataDir, 'api.json'), 'utf8');
    expect((await stat(join(dataDir, 'api.json'))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(content)).toMatchObject({ version: 1, token: line.peer.token });
    await line.peer.stop();
    expect(existsSync(join(dataDir, 'api.json'))).toBe(false);
    expect((await line.run('cart', 'list')).status).toBe(3);
  });
});

describe('help', () => {
  it('exists for every command, with examples and no line too long', async () => {
    for (const command of COMMANDS) {
      const help = await ran([...command.name.split(' '), '--help'], testIo());
      expect(help).toEqual({ status: 0, out: commandHelp(command), err: '' });
      expect(help.out).toContain('Examples\n  carrossel ');
      for (const text of help.out.split('\n')) expect(text.length, text).toBeLessThanOrEqual(80);
    }
    const overview = await ran(['--help'], testIo());
    for (const { name } of COMMANDS) expect(overview.out).toContain(`  ${name}`);
    expect((await ran([], testIo())).status).toBe(2);
    expect((await ran(['--version'], testIo())).out).toBe('1.2.3');
  });
});

describe('peer', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'carrossel-peer-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('prints one ready line for programs and stops when told', async () => {
    const stop = new AbortController();
    const io = testIo({ stopSignal: () => stop.signal });
    const running = ran(['peer', '--create-ring', '--json', '--data', dataDir], io);
    await vi.waitFor(() => {
      expect(io.told.out).toHaveLength(1);
    });
    const ready = JSON.parse(io.told.out[0] ?? '') as Record<string, string>;
    expect(ready).toEqual({
      event: 'ready',
      peerId: PEER_ID,
      ringId: RING_ID,
      addresses: ['/ip4/192.168.1.7/tcp/4100'],
      api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      token: expect.stringMatching(/^[\w-]{43}$/) as string,
      phrase: 'one two three',
    });
    const response = await fetch(`${ready['api']}/api/v1/health`, {
      headers: { authorization: `Bearer ${ready['token']}` },
    });
    expect(response.status).toBe(200);
    stop.abort();
    expect((await running).status).toBe(0);
    expect(existsSync(join(dataDir, 'api.json'))).toBe(false);
  });

  it('keeps the ring it has when the same command starts it again', async () => {
    const app = createMemoryApp();
    for (const first of [true, false]) {
      const stop = new AbortController();
      const io = testIo({
        stopSignal: () => stop.signal,
        loadPeer: () => Promise.resolve(memoryPeers(app)),
      });
      const running = ran(['peer', '--create-ring', '--data', dataDir], io);
      await vi.waitFor(() => {
        expect(io.told.out.at(-1)).toBe('Invite another machine: carrossel invite');
      });
      stop.abort();
      const { status, err } = await running;
      expect(status).toBe(0);
      expect(err.includes('one two three')).toBe(first);
    }
  });

  it('passes its options on', async () => {
    const options: unknown[] = [];
    const stop = new AbortController();
    const io = testIo({
      stopSignal: () => stop.signal,
      loadPeer: () =>
        Promise.resolve((given) => {
          options.push(given);
          stop.abort();
          return memoryPeers(createMemoryApp())(given);
        }),
    });
    const words =
      'peer --name shed --listen 0.0.0.0:4100 --listen 4101 --listen /ip4/1.2.3.4/tcp/9 ' +
      '--capacity 0.5 --zone attic --no-mdns --no-steady --api [::1]:0';
    expect((await ran([...words.split(' '), '--data', dataDir], io)).status).toBe(0);
    expect(options).toMatchObject([
      {
        dataDir,
        host: 'headless',
        name: 'shed',
        listen: ['/ip4/0.0.0.0/tcp/4100', '/ip4/0.0.0.0/tcp/4101', '/ip4/1.2.3.4/tcp/9'],
        capacity: 0.5,
        zone: 'attic',
        mdns: false,
        steady: false,
      },
    ]);
  });

  it('points to the page of a peer that runs already when asked to open it', async () => {
    const busy = testIo({
      loadPeer: () =>
        Promise.resolve(() =>
          Promise.reject(new AppError('DATA_DIR_IN_USE', 'Another one uses this folder.')),
        ),
    });
    const again = await ran(['peer', '--open', '--data', line.dataDir], busy);
    expect(again.out).toContain(`${line.peer.origin}/#token=${line.peer.token}`);
    expect((await ran(['peer', '--data', line.dataDir], busy)).status).toBe(1);
  });

  it('opens the page by a link that does not hold the token', async () => {
    const stop = new AbortController();
    const opened: string[] = [];
    const openPage = (url: string): void => {
      opened.push(url);
      stop.abort();
    };
    const io = testIo({ stopSignal: () => stop.signal, openPage });
    expect((await ran(['peer', '--open', '--data', dataDir], io)).status).toBe(0);
    expect(opened).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/open\/[\w-]{43}$/)]);
  });

  it('refuses options that make no sense, and stops what it had started', async () => {
    const refused = [
      ['--api', '0.0.0.0:80'],
      ['--api', 'example.org:80'],
      ['--listen', 'here'],
      ['--capacity', '-1'],
      ['--n', '3'],
      ['--create-ring', '--join', 'carrossel://join/x'],
      ['--allow-origin', 'localhost'],
    ];
    for (const words of refused) {
      const { status } = await ran(['peer', ...words, '--data', dataDir], testIo());
      expect([words.join(' '), status]).toEqual([words.join(' '), 2]);
    }
    const stopped = vi.fn(() => Promise.resolve());
    const failing = testIo({
      loadPeer: () =>
        Promise.resolve(async (options) => ({
          ...(await memoryPeers(createMemoryApp())(options)),
          start: () => Promise.reject(new AppError('STORE_DAMAGED', 'The store is damaged.')),
          stop: stopped,
        })),
    });
    expect(await ran(['peer', '--data', dataDir], failing)).toMatchObject({
      status: 1,
      err: expect.stringContaining('carrossel: The store is damaged. (STORE_DAMAGED)'),
    });
    // Started again once, since its store might be repaired then.
    expect(stopped).toHaveBeenCalledTimes(2);
  });
});
