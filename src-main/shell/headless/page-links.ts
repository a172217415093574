import { toBase64url } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';

/**
 * Codes that lead to the page with its token, each once, within a minute. They go where the token
 * must not: a browser's command line can be read by other users of the machine.
 */
export interface PageLinks {
  make(): string;
  /** The address a code stands for; undefined when it was used, is too old, or never was. */
  redeem(code: string): string | undefined;
}

const CODE_BYTES = 32;
const LIFE_MS = 60_000;

export function createPageLinks(
  { token }: { token: string },
  { clock, random }: { clock: Clock; random: Random },
): PageLinks {
  const open = new Map<string, number>();
  return {
    make() {
      const code = toBase64url(random.bytes(CODE_BYTES));
      open.set(code, clock.monotonicMs() + LIFE_MS);
      return code;
    },
    redeem(code) {
      const until = open.get(code);
      open.delete(code);
      return until !== undefined && clock.monotonicMs() < until ? `/#token=${token}` : undefined;
    },
  };
}
