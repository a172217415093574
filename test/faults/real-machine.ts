/** One real peer on a host of its own: started, killed and started again; and the app on it. */
import { createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src-main/base/app-error.ts';
import type { CallContext } from '../../src-main/app/call-context.ts';
import { contract } from '../../src-main/shell/contract.ts';
import { fromRpcError } from '../../src-main/shell/rpc-error.ts';
import type { LabHost } from '../e2e/support/network-lab.ts';
import { freePort, startPeer, type PeerProcess } from '../e2e/support/peer-process.ts';
import type { AppMachine } from '../sim/app-machine.ts';
import type { History } from './history.ts';

interface Asked {
  readonly idempotencyKey?: string | undefined;
}
type Client = ContractRouterClient<typeof contract, Asked>;

export interface RealMachine extends AppMachine {
  readonly host: LabHost;
  /** Its data folder. */
  readonly dir: string;
  readonly peerId: string;
  readonly client: Client;
  readonly isUp: boolean;
  readonly isPaused: boolean;
  start(...args: string[]): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** As a person ends it; the exit status. */
  stop(): Promise<number | null>;
  pause(): void;
  resume(): void;
  /** How it ended, if it did by itself. */
  diedOf(): string | undefined;
}

/** The port of every peer on its own host. */
export const PEER_PORT = 4100;
/**
 * Nobody waits longer for an answer, or for a start, whatever goes wrong; a busy machine may stand
 * still for a while, with the clock going on.
 */
const LONGEST_MS = 200_000;

export async function createRealMachine(
  init: { readonly name: string; readonly host: LabHost; readonly runDir: string },
  history: History,
): Promise<RealMachine> {
  const { name, host, runDir } = init;
  const dir = join(runDir, name);
  const apiPort = await freePort();
  const output = createWriteStream(join(runDir, `${name}.log`));
  let peer: PeerProcess | undefined;
  let client: Client | undefined;
  let app: AppMachine['app'] | undefined;
  let lives = 0;
  let paused = false;
  const living = <T>(of: T | undefined): T => {
    if (of === undefined) throw new Error(`${name} was never started`);
    return of;
  };

  /** Of a life that has ended no answer came: nobody knows what it did. */
  function inLife(life: number, what: string, error: unknown): AppError {
    const told = fromRpcError(error);
    if (told.code !== 'INTERNAL') return told;
    if (life !== lives || peer === undefined) {
      return new AppError('ABORTED', `${name} was ended`, { cause: error });
    }
    const why = causes(error).join(': ');
    return new AppError('INTERNAL', `${what} at ${name}: ${why}`, { cause: error });
  }
  /**
   * A procedure of the client in the form of the app's own: they are the same contract, but zod's
   * types know no `readonly`.
   */
  function record<Procedure>(what: string, procedure: unknown): Procedure {
    const run = procedure as (input: unknown, options: object) => Promise<unknown>;
    const life = lives;
    const recorded = async (input: unknown, call: CallContext = {}): Promise<unknown> => {
      const from = history.now();
      const done = { machine: name, what, input, from };
      const signal = AbortSignal.timeout(LONGEST_MS);
      const context = { idempotencyKey: call.idempotencyKey };
      try {
        const answer = await run(input, { context, signal });
        history.called({ ...done, to: history.now(), answer });
        return answer;
      } catch (error) {
        const told = inLife(life, what, error);
        const said = { answer: told.message, code: told.code };
        history.called({ ...done, to: history.now(), ...said });
        throw told;
      }
    };
    return recorded as Procedure;
  }
  function recorded({ carts, items, orders }: Client): AppMachine['app'] {
    return {
      carts: {
        list: record('carts.list', carts.list),
        create: record('carts.create', carts.create),
        show: record('carts.show', carts.show),
        put: record('carts.put', carts.put),
        resolve: record('carts.resolve', carts.resolve),
        addLines: record('carts.addLines', carts.addLines),
        setLine: record('carts.setLine', carts.setLine),
        removeLine: record('carts.removeLine', carts.removeLine),
      },
      items: {
        get: record('items.get', items.get),
        put: record('items.put', items.put),
        query: record('items.query', items.query),
        delete: record('items.delete', items.delete),
      },
      orders: {
        review: record('orders.review', orders.review),
        checkout: record('orders.checkout', orders.checkout),
        list: record('orders.list', orders.list),
        show: record('orders.show', orders.show),
        vouchers: record('orders.vouchers', orders.vouchers),
        overlaps: record('orders.overlaps', orders.overlaps),
        decide: record('orders.decide', orders.decide),
      },
    };
  }
  const end = async (how: (peer: PeerProcess) => Promise<number | null>) => {
    const ending = living(peer);
    peer = undefined;
    paused = false;
    return how(ending);
  };
  return {
    ...{ name, host, dir },
    get peerId() {
      return living(peer).ready.peerId;
    },
    get client() {
      return living(client);
    },
    get app() {
      return living(app);
    },
    get isUp() {
      return peer !== undefined;
    },
    get isPaused() {
      return paused;
    },
    async start(...args) {
      const where = { name, dir, host, apiPort, port: PEER_PORT, readyMs: LONGEST_MS };
      const started = await startPeer({ ...where, args, onLog: (text) => output.write(text) });
      lives++;
      peer = started;
      client = createORPCClient<Client>(clientLink(started));
      app = recorded(client);
    },
    kill: async () => {
      await end(async (ending) => {
        await ending.kill();
        return null;
      });
    },
    stop: () => end((ending) => ending.stop()),
    pause() {
      paused = true;
      living(peer).pause();
    },
    resume() {
      if (paused) living(peer).resume();
      paused = false;
    },
    diedOf: () => peer?.ended(),
  };
}

/** `fetch failed` alone tells nothing; its causes do. */
function causes(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  return [error.message, ...causes(error.cause)];
}

function clientLink({ ready }: PeerProcess): OpenAPILink<Asked> {
  return new OpenAPILink<Asked>(contract, {
    url: `${ready.api.replace(/\/$/, '')}/api/v1`,
    headers: ({ context: { idempotencyKey } }) => ({
      authorization: `Bearer ${ready.token}`,
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    }),
    customErrorResponseBodyDecoder: (body, { status }) => {
      if (body === undefined) return new ORPCError('INTERNAL', { message: `${status}, no words` });
      const { code, message, details } = body as { code: string } & Record<string, unknown>;
      return new ORPCError(code, { status, message: String(message), data: details });
    },
  });
}
