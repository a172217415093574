/** Invariant 9: nobody outside a machine's member table gets an answer from it. */
import type { PeerId } from '../../src-main/domain/ids.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

interface Admission {
  isMember(peer: PeerId): boolean;
}

/**
 * Looks at each answer as it is given, while the session stands that carries it: so a machine that
 * was taken off is out at once, and not only when all is quiet.
 * @param components.tableOf the member table of a running machine
 */
export function watchAdmission(components: {
  readonly network: SimulatedNetwork;
  tableOf(peer: PeerId): Admission | undefined;
  fail(what: string): void;
}): void {
  const { network } = components;
  network.watch({
    answered({ from, to, verb }) {
      const table = components.tableOf(to);
      if (table === undefined || table.isMember(from)) return;
      if (network.node(to)?.isConnected(from) !== true) return;
      components.fail(
        `invariant 9 (members alone are answered): ${to} answered verb ${verb} of ${from}, ` +
          `which is no member`,
      );
    },
  });
}
