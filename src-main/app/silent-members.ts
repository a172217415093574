import { utf8, utf8ToString } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { createRepeating } from '../base/repeating.ts';
import { toAppError } from '../base/app-error.ts';
import type { PeerId } from '../domain/ids.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { RingServices } from './ring-lifecycle.ts';
import { presentMembers } from './ring-views.ts';

/** A member nobody heard of here for long: a person may retire it (DESIGN §2 Membership). */
export interface SilentMember {
  readonly peer: PeerId;
  readonly name: string;
  /** Wall time in ms when it was last connected, or first known of. */
  readonly heardMs: number;
  readonly days: number;
}

/** Remembers, across restarts, when each member was last heard of. Only shown, never acted upon. */
export interface SilentMembers {
  all(): readonly SilentMember[];
  attach(services: RingServices): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const DAY_MS = 24 * 3600_000;
const SILENT_DAYS = 7;
const NOTE_EVERY_MS = 10 * 60_000;
/** After a start the others get so long to be heard of: this machine may have been away itself. */
const PATIENCE_MS = 10 * 60_000;
const RECORD = 'heard';

export function createSilentMembers(components: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: RecordStore;
  readonly running: () => RingServices | undefined;
  readonly onChange: () => void;
}): SilentMembers {
  const { clock, logger, records, running, onChange } = components;
  let heard = new Map<PeerId, number>();
  let startedMs = 0;
  let told = '';

  function note(services: RingServices): void {
    const { members, transport } = services;
    const nowMs = clock.wallMs();
    const next = new Map<PeerId, number>();
    for (const { peer } of presentMembers(services)) {
      if (peer === members.self) continue;
      // A clock that was ahead once must not keep a member from ever being silent.
      const before = Math.min(heard.get(peer) ?? nowMs, nowMs);
      next.set(peer, transport.isConnected(peer) ? nowMs : before);
    }
    heard = next;
  }
  async function keep(): Promise<void> {
    const services = running();
    if (services === undefined) return;
    note(services);
    await records.put('setting', RECORD, utf8(JSON.stringify(Object.fromEntries(heard))));
    const now = silent().map(({ peer }) => peer);
    if (now.join(' ') !== told) onChange();
    told = now.join(' ');
  }
  function silent(): readonly SilentMember[] {
    const services = running();
    if (services === undefined || clock.monotonicMs() - startedMs < PATIENCE_MS) return [];
    const nowMs = clock.wallMs();
    return presentMembers(services).flatMap(({ peer, name }) => {
      const heardMs = heard.get(peer);
      if (heardMs === undefined || peer === services.members.self) return [];
      if (services.transport.isConnected(peer)) return [];
      const days = Math.floor((nowMs - heardMs) / DAY_MS);
      return days >= SILENT_DAYS ? [{ peer, name, heardMs, days }] : [];
    });
  }
  const noting = createRepeating({
    clock,
    intervalMs: () => NOTE_EVERY_MS,
    work: () => keep(),
    onError: (error) => {
      logger.warn('who was heard of could not be noted', { code: toAppError(error).code });
    },
  });
  return {
    all: silent,
    attach(services) {
      const hear = ({ peer }: { readonly peer: PeerId }): void => {
        heard.set(peer, clock.wallMs());
        if (told.includes(peer)) noting.poke();
      };
      services.transport.on('up', hear);
      services.transport.on('down', hear);
      noting.poke();
    },
    async start() {
      startedMs = clock.monotonicMs();
      const bytes = await records.get('setting', RECORD);
      if (bytes !== undefined) heard = parse(utf8ToString(bytes));
      await noting.start();
    },
    stop: () => noting.stop(),
  };
}

function parse(text: string): Map<PeerId, number> {
  try {
    const found = JSON.parse(text) as Record<string, unknown>;
    return new Map(
      Object.entries(found).flatMap(([peer, ms]) =>
        typeof ms === 'number' ? [[peer as PeerId, ms] as const] : [],
      ),
    );
  } catch {
    return new Map();
  }
}
