import type {
  ActivityView,
  DeadLetterView,
  FunctionList,
  LogLineView,
  ViewsView,
} from '../wall.ts';
import type { Remote, RemoteInit } from './remote.svelte.ts';

/** What the Activity screen asks for. */
export interface ActivityRemotes {
  readonly functions: Remote<FunctionList>;
  readonly views: Remote<ViewsView>;
  /** What changed lately in an account, the newest first. */
  activityOf(account: string): Remote<ActivityView>;
  /** What a function did and said, the oldest first. */
  logsOf(name: string): Remote<LogLineView[]>;
  lettersOf(name: string): Remote<DeadLetterView[]>;
}

/** Rates go down without a word from the peer, and the hour moves on. */
const RATE_POLL_MS = 5000;
const HOUR_POLL_MS = 60_000;
const CHANGES_LISTED = 100;
const ITEM_CHANGES = new Set(['cart', 'item', 'orders', 'accounts', 'functions']);

export function createActivityRemotes(
  remote: <T>(init: RemoteInit<T>) => Remote<T>,
): ActivityRemotes {
  const concerns: RemoteInit<unknown>['concerns'] = ({ type }) => type === 'functions';
  const anyItem: RemoteInit<unknown>['concerns'] = ({ type }) => ITEM_CHANGES.has(type);
  return {
    functions: remote<FunctionList>({
      read: (client, signal) => client.functions.list(undefined, { signal }),
      concerns,
      pollMs: RATE_POLL_MS,
    }),
    views: remote<ViewsView>({
      read: (client, signal) => client.functions.views(undefined, { signal }),
      concerns: anyItem,
    }),
    activityOf: (account) =>
      remote<ActivityView>({
        read: (client, signal) =>
          client.stream.activity({ account, limit: CHANGES_LISTED }, { signal }),
        concerns: anyItem,
        pollMs: HOUR_POLL_MS,
      }),
    logsOf: (name) =>
      remote<LogLineView[]>({
        read: async (client, signal) => (await client.functions.logs({ name }, { signal })).lines,
        concerns,
      }),
    lettersOf: (name) =>
      remote<DeadLetterView[]>({
        read: async (client, signal) =>
          (await client.functions.letters({ name }, { signal })).letters,
        concerns,
      }),
  };
}
