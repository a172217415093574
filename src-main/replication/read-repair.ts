import { toAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Metrics } from '../base/metrics.ts';
import type { ItemKey, PeerId } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';
import type { Background } from './bounded-work.ts';
import type { PutSender } from './put-sender.ts';
import type { WalkAnswer } from './read-walk.ts';
import { sendApart } from './send-apart.ts';
import type { NamedItem } from './version-pull.ts';

/** Repairs under way at once; beyond, a stale member waits for the next exchange. */
const MAX_REPAIRS = 64;

/** Brings members that answered a read with less up to date, behind the answer (Dynamo §5). */
export interface ReadRepair {
  item(
    key: ItemKey,
    siblings: readonly SignedVersion[],
    answers: Promise<readonly WalkAnswer<readonly NamedItem[]>[]>,
    owners: readonly PeerId[],
  ): void;
}

export function createReadRepair(components: {
  readonly sender: PutSender;
  readonly background: Background;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): ReadRepair {
  const { sender, background, logger, metrics } = components;
  let running = 0;

  async function repair(peer: PeerId, key: ItemKey, versions: readonly SignedVersion[]) {
    running++;
    try {
      const { signal } = background;
      const { taken, refused } = await sendApart(sender, peer, {
        ...{ key, versions, listed: false, signal },
      });
      if (taken.length > 0) metrics.count('carrossel_read_repairs_total');
      for (const { error } of refused) {
        logger.debug('a repair was refused', { peer, code: error.code });
      }
    } catch (error) {
      logger.debug('a repair did not arrive', { peer, code: toAppError(error).code });
    } finally {
      running--;
    }
  }
  return {
    item(key, siblings, answers, owners) {
      if (siblings.length === 0) return;
      background.run('read repair', async () => {
        for (const { peer, answer } of await answers) {
          const there = new Set(answer.flatMap((one) => one.names.map((name) => name.hash)));
          const versions = siblings.filter((version) => !there.has(version.hash));
          if (versions.length === 0 || !owners.includes(peer) || running >= MAX_REPAIRS) continue;
          await repair(peer, key, versions);
        }
      });
    },
  };
}
