import type { Events } from '../base/emitter.ts';
import type { ItemKey } from '../domain/ids.ts';

/** Own writes on their way, whichever ring is open: replication's `delivery` events, passed on. */
export type Deliveries = Events<{ moved: { readonly key: ItemKey } }>;
