/**
 * Functions that people install, each in a worker thread of its own with bounds on memory and time.
 * Beside peer.ts: it chooses how a thread is made. (A thread, not a process: it works the same in
 * Electron's utility process, and the end of the peer is its end.)
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import {
  FUNCTION_LIMITS,
  readHead,
  type FunctionCall,
  type FunctionHead,
  type FunctionReads,
  type FunctionResult,
  type FunctionSource,
  type FunctionWall,
  type OpenFunction,
} from './app/functions/function-wall.ts';
import { AppError, toAppError } from './base/app-error.ts';
import type { Clock } from './base/clock.ts';
import { abortedError, within } from './base/waiting.ts';

export interface WorkerWallInit {
  /** JavaScript objects of one function; beyond it its thread ends. @default 64 */
  readonly memoryMb?: number;
  /** For loading a module. @default 5000 */
  readonly loadTimeoutMs?: number;
}

type FromGuest =
  | { readonly type: 'head'; readonly head: string }
  | { readonly type: 'broken'; readonly reason: string }
  | { readonly type: 'ask'; readonly id: number; readonly what: string; readonly input: unknown }
  | { readonly type: 'ran'; readonly result: FunctionResult }
  | { readonly type: 'failed'; readonly reason: string };

/** A message of a guest is bounded before it is read: 100 values of the largest size. */
const MAX_MESSAGE_CHARS = 48 * 1024 * 1024;

export function createWorkerWall(
  init: WorkerWallInit,
  components: { readonly clock: Clock },
): FunctionWall {
  const { memoryMb = 64, loadTimeoutMs = 5000 } = init;
  const { clock } = components;
  const guest = guestProgram();

  const launch = (source: FunctionSource): Worker => {
    const worker = new Worker(guest, {
      eval: true,
      workerData: { ...source, limits: FUNCTION_LIMITS },
      env: {},
      argv: [],
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      stdin: false,
      stdout: true,
      stderr: true,
      name: `function ${source.file}`,
      resourceLimits: {
        maxOldGenerationSizeMb: memoryMb,
        maxYoungGenerationSizeMb: 16,
        codeRangeSizeMb: 16,
        stackSizeMb: 4,
      },
    });
    worker.unref();
    return worker;
  };

  async function load(source: FunctionSource): Promise<{ thread: Thread; head: FunctionHead }> {
    const thread = createThread(launch(source));
    try {
      const limits = { clock, timeoutMs: loadTimeoutMs, what: `loading ${source.file}` };
      const text = await within(limits, (signal) => thread.next(['head'], signal));
      const { head } = text as { head: string };
      const found = JSON.parse(head) as Record<string, unknown> | null;
      const handler = found?.['handler'] === true ? () => undefined : undefined;
      const read = readHead(found === null ? null : { ...found, handler });
      if (typeof read === 'string') throw new AppError('BAD_REQUEST', read);
      return { thread, head: read };
    } catch (error) {
      await thread.end();
      throw error;
    }
  }

  return {
    async open(source) {
      if (source.text.length > FUNCTION_LIMITS.source) {
        throw new AppError('LIMIT_EXCEEDED', 'The module is too large.');
      }
      const first = await load(source);
      let thread: Thread | undefined = first.thread;
      const { head } = first;
      const opened: OpenFunction = {
        head,
        async run(call, reads, signal) {
          thread ??= (await load(source)).thread;
          const own = thread;
          try {
            return await runIn(own, call, reads, signal);
          } catch (error) {
            // A handler that threw leaves a sound thread; any other end needs a new one.
            if (!own.sound) {
              thread = undefined;
              await own.end();
            }
            throw error;
          }
        },
        async close() {
          const ending = thread;
          thread = undefined;
          await ending?.end();
        },
      };
      return opened;
    },
  };
}

async function runIn(
  thread: Thread,
  call: FunctionCall,
  reads: FunctionReads,
  signal: AbortSignal,
): Promise<FunctionResult> {
  thread.sound = false;
  thread.send({ type: 'run', call });
  for (;;) {
    const message = await thread.next(['ask', 'ran', 'failed'], signal);
    if (message.type === 'ran') {
      thread.sound = true;
      return checked(message.result);
    }
    if (message.type === 'failed') {
      thread.sound = true;
      throw new AppError('BAD_REQUEST', message.reason);
    }
    if (message.type !== 'ask') continue;
    const { id, what, input } = message;
    try {
      const answer =
        what === 'get'
          ? await reads.get(String(input))
          : await reads.query(input as Parameters<FunctionReads['query']>[0]);
      thread.send({ type: 'answer', id, answer });
    } catch (error) {
      thread.send({ type: 'answer', id, error: toAppError(error).message });
    }
  }
}

/** What a guest sends is checked as anything from outside is. */
function checked({ writes, logs }: FunctionResult): FunctionResult {
  const sound =
    Array.isArray(writes) &&
    writes.length <= FUNCTION_LIMITS.writes &&
    writes.every(({ key }) => typeof key === 'string' && key !== '') &&
    Array.isArray(logs) &&
    logs.length <= FUNCTION_LIMITS.logLines &&
    logs.every((line) => typeof line === 'string');
  if (!sound) throw new AppError('BAD_REQUEST', 'What it wrote makes no sense.');
  return { writes, logs: logs.map((line) => line.slice(0, FUNCTION_LIMITS.logChars)) };
}

interface Thread {
  /** It waits for the next run. */
  sound: boolean;
  send(message: object): void;
  /** The next message of these types. @throws why the thread ended, BAD_REQUEST if it is broken */
  next(types: readonly FromGuest['type'][], signal: AbortSignal): Promise<FromGuest>;
  end(): Promise<void>;
}

function createThread(worker: Worker): Thread {
  const queue: FromGuest[] = [];
  let ended: AppError | undefined;
  let wake = (): void => undefined;
  const fail = (error: AppError): void => {
    ended ??= error;
    wake();
  };
  worker.on('message', (text: unknown) => {
    if (typeof text !== 'string' || text.length > MAX_MESSAGE_CHARS || queue.length > 1000) {
      fail(new AppError('LIMIT_EXCEEDED', 'It said more than can be listened to.'));
      return;
    }
    const message = JSON.parse(text) as FromGuest;
    if (message.type === 'broken') fail(new AppError('BAD_REQUEST', message.reason));
    else queue.push(message);
    wake();
  });
  worker.on('error', (error: unknown) => {
    const code = (error as { code?: unknown }).code;
    fail(
      code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? new AppError('LIMIT_EXCEEDED', 'It used more memory than a function may.')
        : new AppError('BAD_REQUEST', error instanceof Error ? error.message : String(error)),
    );
  });
  worker.on('exit', () => {
    fail(new AppError('BAD_REQUEST', 'Its thread ended.'));
  });
  return {
    sound: true,
    send(message) {
      worker.postMessage(JSON.stringify(message));
    },
    async next(types, signal) {
      for (;;) {
        if (signal.aborted) throw abortedError(signal);
        const message = queue.shift();
        if (message !== undefined) {
          if (types.includes(message.type)) return message;
          continue;
        }
        if (ended !== undefined) throw ended;
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => {
            resolve();
          });
        });
      }
    },
    async end() {
      await worker.terminate();
    },
  };
}

/** The guest's program, beside the source or beside the bundle. */
function guestProgram(): string {
  return readFileSync(fileURLToPath(new URL('./function-guest.cjs', import.meta.url)), 'utf8');
}
