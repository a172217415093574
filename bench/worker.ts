/** Processes that a bench drives over IPC: what it calls there, and how the other side answers. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';

export interface Worker {
  /** Lets the other processes go first, as one on a machine of its own would. */
  standBack(): void;
  call<T>(command: string, argument?: unknown): Promise<T>;
  /** Kills it, and waits until it is gone. */
  end(): Promise<void>;
}

interface Call {
  readonly id: number;
  readonly command: string;
  readonly argument: never;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export function startWorker(script: URL, args: readonly string[]): Worker {
  const child: ChildProcess = fork(script, args, { serialization: 'advanced' });
  const waiting = new Map<number, (reply: Reply) => void>();
  const gone = once(child, 'exit');
  let next = 1;
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  child.on('exit', () => {
    for (const [id, settle] of waiting) settle({ id, error: 'the process has ended' });
    waiting.clear();
  });
  return {
    standBack() {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    },
    call<T>(command: string, argument?: unknown) {
      const id = next++;
      child.send({ id, command, argument });
      return new Promise<T>((resolve, reject) => {
        waiting.set(id, ({ value, error }) => {
          if (error === undefined) resolve(value as T);
          else reject(new Error(`${args.at(-1) ?? ''}: ${error}`));
        });
      });
    },
    async end() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** The other side: runs what it is told by name. */
export function serveCommands(commands: Record<string, (argument: never) => unknown>): void {
  process.on('message', ({ id, command, argument }: Call) => {
    const run = commands[command];
    const ran = run === undefined ? Promise.reject(new Error(command)) : start(run, argument);
    void ran.then(
      (value) => process.send?.({ id, value }),
      (error: unknown) =>
        process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
    );
  });
}

async function start(run: (argument: never) => unknown, argument: never): Promise<unknown> {
  return await run(argument);
}
