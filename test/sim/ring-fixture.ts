/** A ring and its accounts made of a seed, with the real security floor. */
import type { Random } from '../../src-main/base/random.ts';
import type { PartitionKey, RingId } from '../../src-main/domain/ids.ts';
import type { RingSettings } from '../../src-main/domain/member.ts';
import type { Reissuer } from '../../src-main/replication/reissuer.ts';
import { deviceKeysFromSeed, type DeviceKeys } from '../../src-main/security/account-keys.ts';
import { issueCertificate, type Chain } from '../../src-main/security/certificate.ts';
import { createVerifier, type SigningKey, type Verifier } from '../../src-main/security/ed25519.ts';
import { createPeerKey, newSeed, type PeerKey } from '../../src-main/security/peer-key.ts';
import { newPhrase } from '../../src-main/security/phrase.ts';
import { ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import { issueSettings } from '../../src-main/security/ring-settings.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import { createAccountKit, type AccountKit } from './account-kit.ts';

/** One machine: its peer key, and its device of the first account. */
export interface MachineKeys {
  readonly name: string;
  readonly peer: PeerKey;
  readonly device: DeviceKeys;
  /** Its membership certificate, as the member table takes it. */
  readonly chain: readonly Uint8Array[];
}

/** The members of the first account are the fixture's own. */
export interface RingFixture extends AccountKit {
  readonly ring: RingId;
  readonly root: SigningKey;
  readonly verifier: Verifier;
  readonly settings: readonly Uint8Array[];
  readonly machines: readonly MachineKeys[];
  /** All accounts, the first one first. */
  readonly accounts: readonly AccountKit[];
  /** @throws RangeError for an account that is not of this ring. */
  kitOf(account: PartitionKey): AccountKit;
  /** The name inside the seal, of a version of any of the accounts. */
  idOf(version: SignedVersion): string;
  /** For versions of any of the accounts. */
  reissuer(machine: MachineKeys): Reissuer;
}

export interface RingFixtureInit {
  readonly machines: number;
  readonly settings: RingSettings;
  /** @default 1 */
  readonly accounts?: number;
}

const SIGNATURES_REMEMBERED = 100_000;

export function createRingFixture(
  init: RingFixtureInit,
  components: { readonly random: Random },
): RingFixture {
  const { random } = components;
  const verifier = rememberingVerifier();
  const { ring, root } = ringKeysFromPhrase(newPhrase(random));
  const names = Array.from({ length: init.machines }, (_, i) => `machine-${i}`);
  const machines = names.map((name, i) => makeMachine({ name, serial: i + 1, ring, root }, random));
  const settings = issueSettings({ ring, settings: init.settings, issuer: root });
  const accounts = Array.from({ length: init.accounts ?? 1 }, (_, i) =>
    createAccountKit({ ring, machines, first: i === 0 }, { random, verifier }),
  );
  const kits = new Map(accounts.map((kit) => [kit.account, kit]));
  const kitOf = (account: PartitionKey): AccountKit => {
    const kit = kits.get(account);
    if (kit === undefined) throw new RangeError('an account of another ring');
    return kit;
  };
  const [first] = accounts;
  if (first === undefined) throw new RangeError('a ring has an account');
  return {
    ...first,
    ...{ ring, root, verifier, machines, accounts, kitOf },
    settings: [settings.bytes],
    idOf: (version) => kitOf(version.key.partitionKey).idOf(version),
    reissuer: (machine) => ({
      reissue: (version, given) =>
        kitOf(version.key.partitionKey).reissuer(machine).reissue(version, given),
    }),
  };
}

/**
 * All machines of a simulation live in one process and check the same signatures: a good one is
 * remembered, which changes no answer and saves most of the time.
 */
function rememberingVerifier(): Verifier {
  const verifier = createVerifier({ maxSignatures: SIGNATURES_REMEMBERED });
  return { ...verifier, verify: verifier.verifyOnce.bind(verifier) };
}

function makeMachine(
  init: { name: string; serial: number; ring: RingId; root: SigningKey },
  random: Random,
): MachineKeys {
  const { name, serial, ring, root } = init;
  const peer = createPeerKey(newSeed(random));
  const grant = { admin: true, maxCapacity: 100, zones: [] };
  const subject = peer.peerId;
  const chain: Chain = [
    issueCertificate({ ring, subject, issuer: root, serial, issuedMs: 0, ...grant }),
  ];
  return {
    name,
    peer,
    device: deviceKeysFromSeed(newSeed(random)),
    chain: chain.map((certificate) => certificate.bytes),
  };
}
