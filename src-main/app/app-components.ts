import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { ChangeStream } from '../storage/change-stream.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { SecretStore } from '../storage/secret-store.ts';
import type { FunctionFolder, FunctionWall } from './functions/function-wall.ts';
import type { Machine, RingLifecycle } from './ring-lifecycle.ts';
import type { Status } from './views.ts';

export interface AppInit {
  /** Version of the package. */
  readonly version: string;
  readonly host: Status['host'];
  /** What this machine is called, where the person gives no other name. */
  readonly name: string;
}

export interface AppComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Started before the app, stopped after it; so are records and secrets. */
  readonly store: ItemStore;
  readonly records: RecordStore;
  readonly stream: ChangeStream;
  readonly secrets: SecretStore;
  readonly lifecycle: RingLifecycle;
  readonly machine: Machine;
  /** What people's own functions run in; without it only built-in ones run. */
  readonly functions?: { readonly wall: FunctionWall; readonly folder: FunctionFolder };
}
