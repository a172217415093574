import { fromHex } from '../../base/bytes.ts';
import type { ActorId } from '../../domain/ids.ts';
import { VERB } from '../verb.ts';
import { createMessageCodec } from './codec.ts';
import { MAX_NAMES, readActor } from './fields.ts';

export interface CounterRequest {
  readonly actors: readonly ActorId[];
}

export interface CounterAnswer {
  /** The greatest counter known of each actor, in their order; 0 for none. */
  readonly counters: readonly number[];
}

export const counterMessage = createMessageCodec<CounterRequest, CounterAnswer>(
  VERB.counter,
  'counter request',
  {
    write: (m) => [m.actors.map(fromHex)],
    read: (f) => ({ actors: f.list(MAX_NAMES, readActor) }),
  },
  {
    write: (m) => [[...m.counters]],
    read: (f) => ({ counters: f.list(MAX_NAMES, (one) => one.uint()) }),
  },
);
