import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openCommandLine, ran, testIo, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeEach(async () => {
  line = await openCommandLine();
});
afterEach(() => line.close());

describe('ring, accounts, items', () => {
  it('tells the state of peer and ring in words', async () => {
    await line.run('ring', 'create', 'Home');
    expect((await line.run('ring', 'status')).out).toMatchInlineSnapshot(`
      "Peer       kitchen  12D3KooWExamplePeerOfTheShellTests
      Addresses  /ip4/192.168.1.7/tcp/4100
      Ring       Home · 1 member, 0 online, you are an admin
      Copies     1 of each item (automatic); a write is safe on 1, a read asks 1
      Accounts   Ana
      Store      12 items, 35 kB
      To send    1 write not everywhere yet
      Notice     No member is meant to stay on; one that does makes the ring safer."
    `);
  });

  it('shows secrets once, beside the answer', async () => {
    expect(await line.run('account', 'create', 'Ana')).toMatchObject({
      out: 'Account "Ana" is there and in use.',
      err: expect.stringContaining('four five six') as string,
    });
    expect((await line.run('invite')).out).toBe('carrossel://join/abc');
    expect((await line.run('invite', '--json')).out).toContain('"link":"carrossel://join/abc"');
    expect((await line.run('invites')).out).toMatchInlineSnapshot(`
      "Id  State                             For
      i1  open until Nov 12, 2026, 1:00 PM  a member"
    `);
  });

  it('takes the phrase from standard input, never from the command line', async () => {
    const input = Array.from({ length: 12 }, () => 'abandon').join(' ');
    const words = ['account', 'log-in', '--name', 'Ana', '--data', line.dataDir];
    expect(await ran(words, testIo({ input: `${input}\n` }))).toMatchObject({
      status: 0,
      out: 'Logged in to "Ana" as kitchen.',
    });
    expect((await ran(words, testIo({ input: 'too short' }))).err).toContain('INVALID_PHRASE');
    expect((await ran([...words, input], testIo())).status).toBe(2);
  });

  it('reads, writes and lists raw items', async () => {
    expect((await line.run('put', 'note#1', '{"text":"stamps"}')).out).toBe(
      'Written: on all 3 machines that keep it.',
    );
    expect((await line.run('get', 'note#1')).out).toMatchInlineSnapshot(`
      "# kitchen, Nov 12, 2026, 12:00 PM
      {
        "text": "stamps"
      }"
    `);
    expect((await line.run('query', '--prefix', 'note#')).out).toMatchInlineSnapshot(`
      "Key     Value
      note#1  {"text":"stamps"}"
    `);
    expect((await line.run('delete', 'note#1', '--w', '2')).out).toBe(
      'Deleted: safe on 2 machines.',
    );
    expect((await line.run('get', 'note#1')).out).toBe('note#1: never written');
  });

  it('reads several items, and writes many from lines of JSON', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => `{"sortKey":"n#${i}","value":${i}}`);
    const words = ['write', '-', '--data', line.dataDir];
    expect((await ran(words, testIo({ input: `${lines.join('\n')}\n\n` }))).out).toBe(
      'Written: 30; the last ones: on all 3 machines that keep it.',
    );
    expect(line.app.memory.items.size).toBe(30);
    expect((await line.run('get', 'n#1', 'n#99')).out).toMatchInlineSnapshot(`
      "n#1
      # kitchen, Nov 12, 2026, 12:00 PM
      1
      n#99: never written"
    `);
    const gone = testIo({ input: '{"sortKey":"n#1","deleted":true}' });
    expect((await ran(words, gone)).status).toBe(0);
    expect(line.app.memory.items.size).toBe(29);
    const wrong = testIo({ input: `${lines[0]}\n{"sortKey":"n#5"}` });
    expect(await ran(words, wrong)).toMatchObject({
      status: 2,
      err: expect.stringContaining('Line 2') as string,
    });
  });

  it('counts items in groups', async () => {
    await line.run('put', 'visit#may#1', '{"paid":{"amount":1250,"currency":"EUR"}}');
    await line.run('put', 'visit#may#2', '{"paid":3}');
    await line.run('put', 'visit#june#1', '{}');
    const words = ['query', '--prefix', 'visit#', '--group-by', 'key.1', '--sum', 'paid'];
    expect((await line.run(...words)).out).toMatchInlineSnapshot(`
      "Group  Items        Sum
      june       1
      may        2  3, €12.50"
    `);
    expect(JSON.parse((await line.run(...words, '--json')).out)).toMatchObject({
      groups: [{ group: 'june', count: 1, sum: [] }, { group: 'may' }],
    });
    expect((await line.run('query', '--prefix', 'none#', '--group-by', 'day')).out).toBe(
      'Nothing there.',
    );
    expect((await line.run('query', '--sum', 'paid')).status).toBe(2);
  });

  it('says how many answered a read, when that was asked for', async () => {
    await line.run('put', 'note#1', '1');
    expect((await line.run('get', 'note#1')).err).toBe('');
    for (const words of [['get', 'note#1'], ['query']]) {
      expect(await line.run(...words, '--r', '1')).toMatchObject({
        status: 0,
        err: '1 machine answered, an owner.',
      });
      expect(await line.run(...words, '--r', '2')).toMatchObject({
        status: 0,
        err: 'Only 1 machine answered, an owner; 2 were asked for.',
      });
      const json = JSON.parse((await line.run(...words, '--r', '2', '--json')).out) as object;
      expect(json).toMatchObject({ answered: 1, answeredOwners: 1 });
    }
  });

  it('prints findings of the doctor with what to do', async () => {
    expect((await line.run('doctor')).out).toMatchInlineSnapshot(`
      "ok     disk          120 GB free.
      warn   clock         The clock is 3 min off.
                           → Set it."
    `);
  });

  it('watches until it is stopped', async () => {
    await line.run('cart', 'create', 'Groceries');
    const stop = new AbortController();
    const io = testIo({ stopSignal: () => stop.signal });
    const watching = ran(['watch', '--json', '--data', line.dataDir], io);
    await vi.waitFor(() => {
      expect(io.told.out).toEqual(['{"type":"hello"}']);
    });
    await line.run('cart', 'add', 'Rice');
    await vi.waitFor(() => {
      expect(io.told.out).toHaveLength(2);
    });
    expect(JSON.parse(io.told.out[1] ?? '')).toMatchObject({ type: 'cart', id: 'c1' });
    stop.abort();
    expect((await watching).status).toBe(0);
  });

  it('says so when the peer stops in the middle', async () => {
    const io = testIo();
    const watching = ran(['watch', '--data', line.dataDir], io);
    await vi.waitFor(() => {
      expect(line.app.memory.watchers).toBe(1);
    });
    await line.peer.stop();
    expect(await watching).toMatchObject({
      status: 1,
      err: 'carrossel: The peer stopped before it had answered. (UNREACHABLE)',
    });
  });
});
