import type { Hash, PeerId } from '../../src-main/domain/ids.ts';
import {
  chainHash,
  issueCertificate,
  type Chain,
  type RingCertificate,
} from '../../src-main/security/certificate.ts';
import type { SigningKey } from '../../src-main/security/ed25519.ts';
import {
  issueMemberRecord,
  SPEAKS,
  type MemberRecord,
} from '../../src-main/security/member-record.ts';
import { createPeerKey, type PeerKey } from '../../src-main/security/peer-key.ts';
import { ringKeys, seedOf } from './world.ts';

/** Members of the fixed ring by name; the first of a chain's names was certified by the root. */
export function peerOf(name: string): PeerKey {
  return createPeerKey(seedOf(`${name} peer`));
}

export function certificate(
  subject: PeerId,
  issuer: SigningKey,
  change: Partial<Parameters<typeof issueCertificate>[0]> = {},
): RingCertificate {
  return issueCertificate({
    ring: ringKeys.ring,
    subject,
    issuer,
    serial: 1,
    admin: true,
    maxCapacity: 400,
    zones: ['kitchen', 'attic'],
    issuedMs: 1_700_000_000_000,
    ...change,
  });
}

/** The chain of the last of the names, leaf first; each certified by the one before. */
export function chainTo(...names: string[]): Chain {
  return names
    .map((name, i) => {
      const above = names[i - 1];
      return certificate(peerOf(name).peerId, above === undefined ? ringKeys.root : peerOf(above));
    })
    .toReversed();
}

export function memberOf(
  name: string,
  chain: Chain,
  change: Partial<MemberRecord> = {},
): MemberRecord {
  return issueMemberRecord(
    {
      ring: ringKeys.ring,
      epochCounter: 1,
      n: 1,
      state: 'up',
      name: `${name}'s kitchen`,
      addresses: ['/ip4/192.168.1.20/tcp/4001'],
      capacity: 1.5,
      steady: true,
      host: '11'.repeat(16),
      zone: 'kitchen',
      speaks: SPEAKS,
      chain: chain.length === 0 ? ('00'.repeat(32) as Hash) : chainHash(chain),
      ...change,
    },
    peerOf(name),
  );
}
