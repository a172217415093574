import type { App } from '../../src-main/app/app.ts';
import type { RingServices } from '../../src-main/app/ring-lifecycle.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import type { JoinDialog } from '../../src-main/network/join.ts';
import type { PeerKey } from '../../src-main/security/peer-key.ts';
import type { MemoryDisk } from '../../src-main/storage/memory-disk.ts';
import type { SimulatedPeer } from '../sim/simulated-peer.ts';
import type { Store } from '../../src-main/storage/store.ts';

/** A machine of the household: the whole app over memory and the simulated network. */
export interface Machine {
  readonly name: string;
  readonly app: App;
  readonly store: Store;
  readonly disk: MemoryDisk;
  /** What goes wrong with its disk, where that can. */
  readonly diskFaults: SimulatedPeer['diskFaults'];
  peerId(): PeerId;
  /** The running floors of its ring. */
  services(): RingServices;
  peerKey(): PeerKey;
  /** Strangers may speak the join protocol here now. */
  welcomesStrangers(): boolean;
  /** A dialog of the join protocol with whoever has this key. */
  joinDialog(newcomer: PeerId): JoinDialog;
  /** The process ends and starts again on the same disk. */
  restart(): Promise<void>;
  /** Starts after `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Its wall clock is set on. */
  jumpClock(ms: number): void;
  /** kill -9, and the power with it. */
  crash(): void;
}
