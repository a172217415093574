import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeApiFile } from '../../../src-main/shell/api-file.ts';
import { connectToPeer } from '../../../src-main/shell/cli/peer-connection.ts';
import { createManualClock } from '../../support/manual-clock.ts';

let dataDir: string;
let server: Server;
let taken: number;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'carrossel-silent-'));
  taken = 0;
  // As a peer that stands still: the system takes the connection, nobody answers.
  server = createServer((socket) => {
    taken++;
    socket.on('error', () => undefined).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(dataDir, { recursive: true, force: true });
});

it('a command tells a peer that does not answer from none at all', async () => {
  const clock = createManualClock();
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const file = { version: 1, origin, token: 'token', pid: 4711, peerId: 'peer' } as const;
  await writeApiFile(dataDir, file);
  const asked = connectToPeer(dataDir, clock);
  asked.catch(() => undefined);
  await vi.waitFor(() => expect(taken).toBe(1));
  clock.advance(5000);
  await expect(asked).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringMatching(/process 4711.*does not answer.*Nothing was done; try again/u),
  });
  await new Promise((resolve) => server.close(resolve));
  await expect(connectToPeer(dataDir, clock)).rejects.toMatchObject({ code: 'NO_RUNNING_PEER' });
});
