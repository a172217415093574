/**
 * What changed lately, for people. A line says what a change was, without the values: those of
 * fifty large carts are megabytes, and this is asked for at every change. So each change is looked
 * at once, and its line is kept.
 */
import type { Clock } from '../base/clock.ts';
import { createKeyedLock } from '../base/keyed-lock.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import { causeOf } from '../security/write-cause.ts';
import type { ChangeStream, StreamChange, StreamPosition } from '../storage/change-stream.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import { itemVersion } from './item-view.ts';
import { changesBehind, placeBeforeEnd } from './stream-tail.ts';
import type { ActivityLine, ActivityView } from './views/activity.ts';

/** Lines kept of an account, and changes counted. */
const MAX_LINES = 200;
const PART_MS = 5 * 60_000;
const PARTS = 12;

export interface ActivityService {
  show(input: { account?: string | undefined; limit: number }): Promise<ActivityView>;
}

/** A line, and the opaque id of the function that wrote it. */
interface KeptLine {
  readonly line: Omit<ActivityLine, 'function'>;
  readonly cause: string | undefined;
}

interface Tail {
  /** Other keys, another tail: what could not be opened before may be now. */
  readonly account: Account;
  readonly canOpen: boolean;
  position: StreamPosition;
  lines: KeptLine[];
}

export function createActivityService(components: {
  readonly clock: Clock;
  readonly stream: ChangeStream;
  readonly book: AccountBook;
  /** Names of the functions on this machine. */
  functionNames(): readonly string[];
}): ActivityService {
  const { clock, stream, book, functionNames } = components;
  const tails = new Map<string, Tail>();
  const turns = createKeyedLock();

  async function tailOf(account: Account): Promise<Tail> {
    const found = tails.get(account.id);
    const canOpen = account.canOpen();
    const position = await placeBeforeEnd(stream, account.id, MAX_LINES);
    if (found?.account === account && found.canOpen === canOpen) return found;
    const made: Tail = { account, canOpen, position, lines: [] };
    tails.set(account.id, made);
    return made;
  }
  async function caughtUp(account: Account): Promise<readonly KeptLine[]> {
    const tail = await tailOf(account);
    for await (const { changes, position } of changesBehind(stream, account.id, tail.position)) {
      const lines = changes.map((change) => keptLine(account, change));
      tail.lines = [...tail.lines, ...lines].slice(-MAX_LINES);
      tail.position = position;
    }
    return tail.lines;
  }
  return {
    async show({ account: named, limit }) {
      const account = book.find(named);
      const lines = await turns.run(account.id, () => caughtUp(account));
      const names = new Map(functionNames().map((n) => [account.opaqueId('function', n), n]));
      const changes = lines.slice(-limit).reverse();
      const since = clock.wallMs() - PARTS * PART_MS;
      return {
        changes: changes.map(({ line, cause }) => ({
          ...line,
          ...(cause === undefined ? {} : { function: names.get(cause) ?? '' }),
        })),
        hour: Array.from(
          { length: PARTS },
          (_, i) => lines.filter(({ line }) => partOf(line.wallMs, since) === i).length,
        ),
        more: lines.length === MAX_LINES && (lines[0]?.line.wallMs ?? 0) >= since,
      };
    },
  };
}

/** A clock that was set back puts a change ahead of now: it counts as of now. */
function partOf(wallMs: number, since: number): number {
  return Math.min(PARTS - 1, Math.floor((wallMs - since) / PART_MS));
}

function keptLine(account: Account, change: StreamChange): KeptLine {
  const { key, sequence, wallMs, local, before, after } = change;
  const known = new Set(before.map(({ hash }) => hash));
  const came = after.find(({ hash }) => !known.has(hash)) ?? after[0];
  const opened = [...after, ...before].map((version) => openedBy(account, version));
  const shown = opened.slice(0, after.length);
  const isLive = (one: Opened): boolean => !one.deleted;
  const was = opened.slice(after.length).some(isLive);
  return {
    line: {
      ...{ sequence, sortKey: key.sortKey, wallMs, own: local },
      kind: kindOf(key.sortKey),
      name: opened.find(({ name }) => name !== '')?.name ?? '',
      what: whatOf({ is: shown.some(isLive), was, before: before.length, after: after.length }),
      device: came === undefined ? '' : (shown[after.indexOf(came)]?.device ?? ''),
    },
    cause: came === undefined ? undefined : causeOf(came)?.by,
  };
}

function whatOf(change: {
  readonly is: boolean;
  readonly was: boolean;
  readonly before: number;
  readonly after: number;
}): ActivityLine['what'] {
  if (change.after > 1 && change.after > change.before) return 'apart';
  if (change.before > 1 && change.after === 1) return 'settled';
  if (!change.is) return 'removed';
  return change.was ? 'changed' : 'added';
}

interface Opened {
  readonly deleted: boolean;
  readonly name: string;
  readonly device: string;
}

/** What cannot be opened here is there, without a name. */
function openedBy(account: Account, version: SignedVersion): Opened {
  try {
    const { deleted, device, value } = itemVersion(account, version);
    return { deleted, device, name: nameIn(value) };
  } catch {
    return { deleted: false, name: '', device: '' };
  }
}

function nameIn(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { name, title } = value as { readonly name?: unknown; readonly title?: unknown };
  const found = name ?? title;
  return typeof found === 'string' ? found : '';
}

function kindOf(sortKey: string): ActivityLine['kind'] {
  const [kind] = sortKey.split('#');
  switch (kind) {
    case 'cart':
    case 'order':
    case 'product':
    case 'notice':
    case 'decision':
      return kind;
    default:
      return 'other';
  }
}
