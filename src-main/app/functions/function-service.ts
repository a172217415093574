/** The functions on this machine: what runs, how it goes, and what a person can do about it. */
import { AppError, toAppError } from '../../base/app-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Startable } from '../../base/startable.ts';
import type { ChangeStream } from '../../storage/change-stream.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { AccountBook } from '../account-book.ts';
import { isTakenOff } from '../account.ts';
import type { RingServices } from '../ring-lifecycle.ts';
import type {
  DeadLetterView,
  FunctionList,
  FunctionView,
  LogLineView,
} from '../views/functions.ts';
import { createFunctionLog } from './function-log.ts';
import type { FunctionRecords } from './function-records.ts';
import { createFunctionRunner } from './function-runner.ts';
import { createFunctionUpkeep } from './function-upkeep.ts';
import { functionView, openOne, type Installed } from './function-view.ts';
import type { FunctionFolder, FunctionSource, FunctionWall } from './function-wall.ts';
import { openInProcess } from './in-process-function.ts';
import { lowStock } from './low-stock.ts';

export interface FunctionService extends Startable {
  /** Of those that can be loaded. */
  names(): readonly string[];
  list(): Promise<FunctionList>;
  logs(input: { name: string }): Promise<{ lines: LogLineView[] }>;
  letters(input: { name: string }): Promise<{ letters: DeadLetterView[] }>;
  /** Of letters of two accounts that have one id, `account` tells which; without it both. */
  retry(input: {
    name: string;
    letter?: string | undefined;
    account?: string | undefined;
  }): Promise<{ retried: number; failed: number }>;
  pause(input: { name: string }): Promise<FunctionView>;
  resume(input: { name: string }): Promise<FunctionView>;
  /** Accounts came or went, the ring was opened. */
  poke(): void;
}

export interface FunctionServiceComponents {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: ItemStore;
  readonly stream: ChangeStream;
  readonly kept: FunctionRecords;
  readonly book: AccountBook;
  readonly wall: FunctionWall | undefined;
  readonly folder: FunctionFolder | undefined;
  running(): RingServices | undefined;
  onChange(): void;
}

const RULES = [lowStock];

export function createFunctionService(components: FunctionServiceComponents): FunctionService {
  const { clock, logger, store, stream, kept, book, wall, folder } = components;
  const log = createFunctionLog({ clock, kept, onChange: components.onChange });
  const installed = new Map<string, Installed>();
  const unsubscribes: (() => void)[] = [];
  let [started, stopped, folderIsRead] = [false, false, false];
  const names = () => [...installed.values()].flatMap(({ name }) => name ?? []);
  /** Loading, starting and stopping take turns. */
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(work).catch((error: unknown) => {
      logger.warn('functions could not be brought up to date', {
        error: toAppError(error).message,
      });
    });
    return turn;
  };

  for (const rule of RULES) {
    const head = { kind: 'rule', file: '', text: '', name: rule.name, error: undefined } as const;
    installed.set(`rule/${rule.name}`, {
      ...head,
      prefix: rule.on.prefix,
      open: () => Promise.resolve(openInProcess(rule)),
      runners: [],
    });
  }

  async function halt(one: Installed): Promise<void> {
    const ending = one.runners;
    one.runners = [];
    one.notStarted = undefined;
    for (const runner of ending) await runner.stop();
  }

  /** Loads a module once, to see what it is. */
  async function examine({ file, text, refused }: FunctionSource): Promise<Installed> {
    const broken = (error: string): Installed => ({
      ...{ kind: 'own', file, text, name: undefined, prefix: '', error },
      open: () => Promise.reject(new AppError('BAD_REQUEST', error)),
      runners: [],
    });
    if (wall === undefined) return broken('Functions cannot run here.');
    if (refused !== undefined) return broken(refused);
    try {
      const opened = await wall.open({ file, text });
      await opened.close();
      const { name, prefix } = opened.head;
      const taken = [...installed.values()].some((one) => one.name === name && one.file !== file);
      if (taken) return broken(`Another function is called "${name}".`);
      return {
        ...{ kind: 'own', file, text, name, prefix, error: undefined },
        open: () => wall.open({ file, text }),
        runners: [],
      };
    } catch (error) {
      return broken(toAppError(error).message);
    }
  }

  /** Takes up what is new or altered in the folder, and lets go of what is gone. */
  async function readFolder(): Promise<void> {
    folderIsRead = false;
    const sources = folder === undefined ? [] : await folder.read();
    folderIsRead = true;
    for (const [id, one] of installed) {
      if (one.kind === 'rule' || sources.some((s) => s.file === one.file && s.text === one.text)) {
        continue;
      }
      await halt(one);
      installed.delete(id);
    }
    for (const source of sources) {
      const id = `own/${source.file}`;
      if (installed.has(id)) continue;
      const one = await examine(source);
      installed.set(id, one);
      const { error, prefix } = one;
      if (error !== undefined) log.line(one.name ?? source.file, 'error', error);
      else log.line(one.name ?? '', 'log', `loaded, on "${prefix}"`, { what: 'loaded', prefix });
    }
    components.onChange();
  }

  /** A runner for each function that is not paused and each account. */
  async function startRunners(): Promise<void> {
    for (const one of installed.values()) {
      const { name } = one;
      if (name === undefined) continue;
      if (await kept.isPaused(name)) {
        await halt(one);
        continue;
      }
      // An account that was logged in to anew has other keys; one that this machine was taken off
      // can be read and written here no more.
      const usable = book.all().filter((account) => !isTakenOff(account));
      const ending = one.runners.filter(({ account }) => !usable.includes(account));
      one.runners = one.runners.filter((runner) => !ending.includes(runner));
      for (const runner of ending) await runner.stop();
      for (const account of usable) {
        if (stopped || one.runners.some((runner) => runner.account === account)) continue;
        const fn = await openOne(one, log);
        if (fn === undefined) break;
        const runner = createFunctionRunner(
          { fn, account, everywhere: one.kind === 'rule' },
          { ...components, log },
        );
        one.runners.push(runner);
        runner.start();
      }
    }
  }
  const refresh = (): Promise<void> => inTurn(startRunners);

  const upkeep = createFunctionUpkeep({
    ...components,
    log,
    names,
    // A module that cannot be loaded does not say which function it is.
    allKnown: () =>
      folderIsRead && [...installed.values()].every(({ error }) => error === undefined),
    async startAgain() {
      if ([...installed.values()].some((one) => one.notStarted !== undefined)) await refresh();
    },
  });

  function named(name: string): Installed {
    for (const one of installed.values()) if ((one.name ?? one.file) === name) return one;
    throw new AppError('NOT_FOUND', `There is no function "${name}" on this machine.`);
  }

  const view = (one: Installed): Promise<FunctionView> =>
    functionView(one, { kept, log, stream, book });

  return {
    names,
    async list() {
      const functions = await Promise.all([...installed.values()].map(view));
      return { functions, ...(folder === undefined ? {} : { folder: folder.path }) };
    },
    logs({ name }) {
      named(name);
      return Promise.resolve({ lines: [...log.lines(name)] });
    },
    async letters({ name }) {
      named(name);
      const letters = await kept.letters(name);
      return {
        letters: letters.map(({ id, account, event, error, tries, wallMs }) => ({
          ...{ id, account, key: event.key, error, tries, wallMs },
        })),
      };
    },
    async retry({ name, letter, account: of }) {
      const { runners } = named(name);
      const all = await kept.letters(name);
      const wanted = all.filter(
        ({ id, account }) => (letter ?? id) === id && (of ?? account) === account,
      );
      if (letter !== undefined && wanted.length === 0) {
        throw new AppError('NOT_FOUND', 'There is no such dead letter.');
      }
      let [retried, failed] = [0, 0];
      for (const one of wanted) {
        const runner = runners.find(({ account }) => account.id === one.account);
        if (runner === undefined)
          throw new AppError('NOT_SUPPORTED', `"${name}" does not run now.`);
        try {
          await runner.retry(one);
          retried++;
        } catch (error) {
          log.failed(name, toAppError(error).message);
          failed++;
        }
      }
      components.onChange();
      return { retried, failed };
    },
    async pause({ name }) {
      const one = named(name);
      await kept.setPaused(name, true);
      await inTurn(() => halt(one));
      components.onChange();
      return view(one);
    },
    async resume({ name }) {
      const one = named(name);
      await kept.setPaused(name, false);
      await refresh();
      components.onChange();
      return view(one);
    },
    poke: () => {
      if (started) void refresh();
    },
    async start() {
      unsubscribes.push(
        store.on('changed', ({ key }) => {
          for (const { runners } of installed.values()) {
            for (const one of runners) if (one.account.id === key.partitionKey) one.wake();
          }
        }),
      );
      await inTurn(() => log.load());
      if (folder !== undefined) {
        await inTurn(readFolder);
        unsubscribes.push(folder.watch(() => void inTurn(readFolder).then(refresh)));
      }
      started = true;
      await refresh();
      await upkeep.start();
    },
    async stop() {
      stopped = true;
      for (const end of unsubscribes) end();
      await upkeep.stop();
      await inTurn(async () => {
        for (const one of installed.values()) await halt(one);
        await log.save();
      });
    },
  };
}
