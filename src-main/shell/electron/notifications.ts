import type { DesktopWords } from './desktop-words.ts';
import type { PeerNews } from './peer-news.ts';

/** Something to tell the person outside of the window, and the place in the page it leads to. */
export interface Told {
  readonly title: string;
  readonly body: string;
  /** Fragment of the page's address. */
  readonly place: string;
}

/** Notices what is new since the last news: each conflict and each newcomer is told once. */
export function createNotifier(words: DesktopWords): (news: PeerNews) => readonly Told[] {
  let conflicts: ReadonlySet<string> = new Set();
  let newcomers: readonly string[] = [];
  return (news) => {
    const told: Told[] = [];
    for (const { account, id, name } of news.conflicts) {
      if (conflicts.has(`${account}/${id}`)) continue;
      const place = `#/cart/${encodeURIComponent(account)}/${encodeURIComponent(id)}`;
      told.push({ title: words.conflictTitle, body: words.conflictText(name), place });
    }
    for (const name of news.newcomers.filter((one) => !newcomers.includes(one))) {
      told.push({ title: words.newcomerTitle, body: words.newcomerText(name), place: '#/peers' });
    }
    conflicts = new Set(news.conflicts.map(({ account, id }) => `${account}/${id}`));
    newcomers = news.newcomers;
    return told;
  };
}
