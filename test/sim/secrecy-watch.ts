/** Invariant 9: no value, device name or time is readable without the account's key. */
import { utf8 } from '../../src-main/base/bytes.ts';
import type { Disk } from '../../src-main/storage/disk.ts';
import { MARKER, PLANTED_MS } from './account-kit.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

/** The time as any encoding of whole numbers has it, and as text. */
const TIME = Buffer.alloc(6);
TIME.writeUIntBE(PLANTED_MS, 0, TIME.length);
const PLANTED = [Buffer.from(utf8(MARKER)), TIME, Buffer.from(utf8(String(PLANTED_MS)))];

export interface SecrecyWatch {
  /** What stands readable on a disk, by its keys. */
  readableOn(disk: Disk): Promise<readonly string[]>;
}

/** Looks through every message as it is sent: in the simulator nothing else hides them. */
export function createSecrecyWatch(components: {
  readonly network: SimulatedNetwork;
  readonly checks: { fail(what: string): void };
}): SecrecyWatch {
  components.network.watch({
    sent(from, to, body) {
      if (!holdsPlanted(body)) return;
      components.checks.fail(`invariant 9 (sealed on the wire): ${from} sent plain text to ${to}`);
    },
  });
  return {
    async readableOn(disk) {
      const found: string[] = [];
      for await (const chunk of disk.walk()) {
        for (const { key, value } of chunk) {
          if (holdsPlanted(value) || key.includes(MARKER)) found.push(key);
        }
      }
      return found;
    },
  };
}

/** Something of what was planted inside the seals stands in these bytes. */
export function holdsPlanted(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return PLANTED.some((planted) => text.includes(planted));
}
