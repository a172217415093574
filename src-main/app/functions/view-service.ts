/** The views of this machine: tables that follow the stream, made when they are first asked for. */
import type { PartitionKey } from '../../domain/ids.ts';
import type { ChangeStream, StreamPosition } from '../../storage/change-stream.ts';
import type { ItemStore } from '../../storage/item-store.ts';
import type { AccountBook } from '../account-book.ts';
import type { Account } from '../account.ts';
import type { ViewsView } from '../views/functions.ts';
import { noticeView, stockView, totalsView } from './built-in-views.ts';
import type { CarrosselFunction, Json } from './function-api.ts';
import { createRunReads, eventOf } from './function-items.ts';
import { openInProcess } from './in-process-function.ts';

const PAGE = 100;
type Fields = Readonly<Record<string, Json>>;
type Table = ReadonlyMap<string, Json>;

export interface ViewService {
  show(): Promise<ViewsView>;
}

export function createViewService(components: {
  readonly store: ItemStore;
  readonly stream: ChangeStream;
  readonly book: AccountBook;
}): ViewService {
  const { book } = components;
  const tables = new Map<string, ViewTable>();
  const tableOf = (account: Account, view: CarrosselFunction): Promise<Table> => {
    const id = `${view.name}/${account.id}`;
    const found = tables.get(id);
    const table = found?.account === account ? found : createViewTable(account, view, components);
    tables.set(id, table);
    return table.read();
  };
  return {
    async show() {
      const views: ViewsView = { lowStock: [], notices: [], totals: [] };
      const sums = new Map<string, ViewsView['totals'][number]>();
      for (const account of book.all().filter((one) => one.canOpen())) {
        const low = await tableOf(account, stockView);
        for (const [sortKey, value] of low) {
          const { title, stock, reorderAt } = value as Fields;
          const count = { stock: Number(stock), reorderAt: Number(reorderAt) };
          views.lowStock.push({ account: account.id, sortKey, title: text(title), ...count });
        }
        for (const [sortKey, value] of await tableOf(account, noticeView)) {
          const { rule, source, title, wallMs } = value as Fields;
          // What was said of a product that has been filled up meanwhile is no news any more.
          if (rule === 'low-stock' && !low.has(text(source))) continue;
          const words = { rule: text(rule), source: text(source), title: text(title) };
          views.notices.push({ account: account.id, sortKey, ...words, wallMs: Number(wallMs) });
        }
        for (const value of (await tableOf(account, totalsView)).values()) {
          for (const one of value as ViewsView['totals']) addSum(sums, one);
        }
      }
      views.totals.push(...[...sums.values()].sort((a, b) => b.amount - a.amount));
      return views;
    },
  };
}

function addSum(sums: Map<string, ViewsView['totals'][number]>, one: ViewsView['totals'][number]) {
  const name = JSON.stringify([one.category, one.currency]);
  const sum = sums.get(name) ?? { ...one, amount: 0, lines: 0 };
  sums.set(name, { ...sum, amount: sum.amount + one.amount, lines: sum.lines + one.lines });
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

interface ViewTable {
  readonly account: Account;
  /** Brought up to the newest change first. */
  read(): Promise<Table>;
}

function createViewTable(
  account: Account,
  view: CarrosselFunction,
  components: { readonly store: ItemStore; readonly stream: ChangeStream },
): ViewTable {
  const { store, stream } = components;
  const fn = openInProcess(view);
  const { name, prefix } = fn.head;
  const table = new Map<string, Json>();
  const id: PartitionKey = account.id;
  let position: StreamPosition | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function catchUp(): Promise<void> {
    for (;;) {
      const page = await stream.read(id, position, { limit: PAGE, prefix });
      if (page.gap) table.clear();
      const events = page.changes.map((change) => eventOf(account, name, change));
      if (events.length > 0) {
        const reads = createRunReads({ name, account }, { store });
        const call = { account: { id, name: account.label }, events };
        const { writes } = await fn.run(call, reads, new AbortController().signal);
        for (const { key, value } of writes) {
          if (value === undefined) table.delete(key);
          else table.set(key, value);
        }
      }
      position = page.position;
      if (page.caughtUp) return;
    }
  }
  return {
    account,
    read() {
      const next = turn.then(catchUp);
      turn = next.catch(() => undefined);
      return next.then(() => table);
    },
  };
}
