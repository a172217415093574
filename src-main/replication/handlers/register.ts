import type { Floor } from '../floor-parts.ts';
import type { ReplicationComponents } from '../replication-floor.ts';
import { handleAccounts } from './accounts.ts';
import { handleChanged } from './changed.ts';
import { handleCounter } from './counter.ts';
import { handleExchange } from './exchange.ts';
import { handleFetch } from './fetch.ts';
import { handleGet } from './get.ts';
import { handleGetBatch } from './get-batch.ts';
import { handleGoodbye } from './goodbye.ts';
import { handleGossip } from './gossip.ts';
import { createHandling } from './handling.ts';
import { handleList } from './list.ts';
import { handlePartitions } from './partitions.ts';
import { handlePutBatch } from './put-batch.ts';
import { createTakePut, handlePut } from './put.ts';
import { handleRanges } from './ranges.ts';
import { handleSession } from './session.ts';
import { handleTaken } from './taken.ts';
import { handleTakeover } from './takeover.ts';
import { handleWatch } from './watch.ts';

/** Every verb of the floor, each to its handler. */
export function registerHandlers(components: ReplicationComponents, floor: Floor): void {
  const handling = createHandling({ ...components, penalty: floor.penalty });
  const parts = { ...components, ...floor, ring: components.members.ring };
  const all = { ...parts, takePut: createTakePut(parts) };
  handlePut(handling, all);
  handlePutBatch(handling, all);
  handleGet(handling, all);
  handleGetBatch(handling, all);
  handleList(handling, all);
  handleFetch(handling, all);
  handleSession(handling, all);
  handleWatch(handling, all);
  handleChanged(handling, all);
  handleGossip(handling, all);
  handleExchange(handling, all);
  handlePartitions(handling, all);
  handleAccounts(handling, all);
  handleRanges(handling, all);
  handleCounter(handling, all);
  handleGoodbye(handling, all);
  handleTakeover(handling, all);
  handleTaken(handling, all);
}
