import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import { AppError, isAppError } from '../../base/app-error.ts';
import type { Clock } from '../../base/clock.ts';
import { within } from '../../base/waiting.ts';
import { readApiFile } from '../api-file.ts';
import type { Client } from './command.ts';

/** A line from a command to the running peer of a data folder. */
export interface PeerConnection {
  readonly client: Client;
  /** True once the peer went away by itself. */
  readonly lost: boolean;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 5000;

/**
 * NO_RUNNING_PEER when the folder names no peer, or the one named is not there; TIMEOUT when it is
 * and does not answer.
 */
export async function connectToPeer(dataDir: string, clock: Clock): Promise<PeerConnection> {
  const found = await readApiFile(dataDir);
  if (!found) throw noPeer(dataDir, {});
  const { origin, token, pid } = found;
  const socket = new WebSocket(
    `${origin.replace(/^http/, 'ws')}/rpc`,
    ['carrossel.v1', `auth.${token}`],
    { origin, perMessageDeflate: false, maxPayload: 64 << 20 },
  );
  const state = { lost: false, closing: false };
  socket.on('close', () => {
    state.lost = !state.closing;
  });
  try {
    await within({ clock, timeoutMs: CONNECT_TIMEOUT_MS, what: 'the peer' }, () => opened(socket));
  } catch (cause) {
    socket.terminate();
    if (isAppError(cause, 'TIMEOUT')) throw silentPeer(dataDir, pid, { cause });
    throw noPeer(dataDir, { cause });
  }
  const link = new RPCLink({ websocket: socket as unknown as globalThis.WebSocket });
  return {
    client: createORPCClient<Client>(link),
    get lost() {
      return state.lost;
    },
    close() {
      state.closing = true;
      socket.terminate();
    },
  };
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for the socket's whole life: an error without a listener would end the process.
    socket.on('error', reject);
    socket.once('open', resolve);
  });
}

function silentPeer(dataDir: string, pid: number, options: { cause: unknown }): AppError {
  return new AppError(
    'TIMEOUT',
    `The peer of ${dataDir} (process ${pid}) does not answer: it may be busy, or this machine is ` +
      'just waking up. Nothing was done; try again.',
    { ...options, details: { dataDir, pid } },
  );
}

function noPeer(dataDir: string, options: { cause?: unknown }): AppError {
  return new AppError(
    'NO_RUNNING_PEER',
    `No peer is running for ${dataDir}. Start one: carrossel peer --data "${dataDir}"`,
    { ...options, details: { dataDir } },
  );
}
