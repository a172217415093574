/**
 * A machine that was logged in apart from a revocation lacks the new sealing key, and one whose
 * disk was put back or damaged may have lost what its log-in wrote. Only its person can give it
 * either (DESIGN §2 Admission and trust: the master alone signs the devices record; OPERATIONS,
 * Keys). The doctor says so there; people here do what it says.
 */
import type { AppWorld } from './app-world.ts';
import type { SimulatedPeer } from './simulated-peer.ts';

const LACKS = /new key that this machine was not given|does not know this machine/;

/** True when the doctor said so, and those it is about logged in here once more. */
export async function logInWhereKeysLack(world: AppWorld, peer: SimulatedPeer): Promise<boolean> {
  const { findings } = await peer.app.system.doctor();
  const lacking = findings.filter(({ check, found }) => check === 'accounts' && LACKS.test(found));
  for (const { phrase, name, peers } of world.people) {
    const isLacking = lacking.some(({ found }) => found.includes(`"${name}"`));
    // Who is taken off meanwhile stays off: it had its key before.
    if (isLacking && peers.has(peer)) await peer.app.accounts.logIn({ phrase, name });
  }
  return lacking.length > 0;
}
