/** A ring and an account made of a seed, with the real security floor. */
import { utf8 } from '../../src-main/base/bytes.ts';
import type { Random } from '../../src-main/base/random.ts';
import { EMPTY_CONTEXT } from '../../src-main/domain/causal-context.ts';
import type { PartitionKey, RingId, StoreEpoch } from '../../src-main/domain/ids.ts';
import type { RingSettings } from '../../src-main/domain/member.ts';
import { contextForWrite } from '../../src-main/domain/write-context.ts';
import type { Reissuer } from '../../src-main/replication/reissuer.ts';
import { certify, requestCertificate, startRecord } from '../../src-main/security/account-admin.ts';
import {
  accountKeysFromSeed,
  deviceKeysFromSeed,
  type AccountKeys,
  type DeviceKeys,
} from '../../src-main/security/account-keys.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import { issueCertificate, type Chain } from '../../src-main/security/certificate.ts';
import { createDeviceDirectory, openKeyring } from '../../src-main/security/device-directory.ts';
import { issueDevices } from '../../src-main/security/devices-version.ts';
import type { DevicesRecord } from '../../src-main/security/devices-record.ts';
import { createVerifier, type SigningKey, type Verifier } from '../../src-main/security/ed25519.ts';
import { issueEnvelope, openEnvelope, type Keyring } from '../../src-main/security/envelope.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { createPeerKey, newSeed, type PeerKey } from '../../src-main/security/peer-key.ts';
import { newPhrase } from '../../src-main/security/phrase.ts';
import { ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import { issueSettings } from '../../src-main/security/ring-settings.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { IssueGiven, IssueRequest } from '../../src-main/storage/item-store.ts';

/** One machine: its peer key, and its device of the account. */
export interface MachineKeys {
  readonly name: string;
  readonly peer: PeerKey;
  readonly device: DeviceKeys;
  /** Its membership certificate, as the member table takes it. */
  readonly chain: readonly Uint8Array[];
}

export interface RingFixture {
  readonly ring: RingId;
  readonly root: SigningKey;
  readonly account: PartitionKey;
  readonly verifier: Verifier;
  readonly settings: readonly Uint8Array[];
  readonly machines: readonly MachineKeys[];
  readonly keyring: Keyring;
  /** The master's account#devices with every machine's device certified. */
  devicesVersion(machine: MachineKeys, given: IssueGiven): SignedVersion;
  /** A signed and sealed write (or deletion) that bears the name `id` inside the seal. */
  write(machine: MachineKeys, input: WriteInput): IssueRequest;
  /** The name inside the seal. */
  idOf(version: SignedVersion): string;
  reissuer(machine: MachineKeys): Reissuer;
}

/** Which of the siblings held here the author had read. */
export type Replaces = (siblings: readonly SignedVersion[]) => readonly SignedVersion[];

export interface WriteInput {
  readonly sortKey: string;
  readonly id: string;
  readonly deleted?: boolean;
  readonly replaces: Replaces;
}

export interface RingFixtureInit {
  readonly machines: number;
  readonly settings: RingSettings;
}

export function createRingFixture(
  init: RingFixtureInit,
  components: { readonly random: Random },
): RingFixture {
  const { random } = components;
  const verifier = createVerifier();
  const { ring, root } = ringKeysFromPhrase(newPhrase(random));
  const account = accountKeysFromSeed(random.bytes(64));
  const names = Array.from({ length: init.machines }, (_, i) => `machine-${i}`);
  const machines = names.map((name, i) => makeMachine({ name, serial: i + 1, ring, root }, random));
  const settings = issueSettings({ ring, settings: init.settings, issuer: root });
  const record = certifyAll(account, machines, verifier, random);
  const directory = createDeviceDirectory(
    { account: account.account, records: [record] },
    { verifier },
  );
  const keyring = openKeyring(directory, { sealing: account.masterSeal });
  const common = { ring, account: account.account };

  const seal = (machine: MachineKeys, { id, deleted = false }: WriteInput) => ({
    kind: deleted ? ('tombstone' as const) : ('value' as const),
    signer: machine.device.signing,
    sealingKey: keyring.current,
    content: {
      deviceName: id,
      wallMs: 0,
      type: deleted ? ('none' as const) : ('json' as const),
      value: utf8(deleted ? '' : `"${machine.name} wrote ${id}"`),
    },
  });
  return {
    ...common,
    root,
    verifier,
    machines,
    keyring,
    settings: [settings.bytes],
    devicesVersion: (machine, given) =>
      issueDevices({
        ...common,
        ...given,
        context: EMPTY_CONTEXT,
        signer: account.master,
        peer: machine.peer,
        record,
      }),
    write(machine, input) {
      const key = { partitionKey: account.account, sortKey: input.sortKey };
      return {
        key,
        actorOf: (epoch: StoreEpoch) => actorOf(machine.peer.publicKey, epoch, key.partitionKey),
        build(given) {
          const { actor, counter, lastOwn, epoch } = given;
          const replaced = input.replaces(given.siblings);
          const context = contextForWrite({ actor, counter, lastOwn, replaced });
          const head = { ring, key, actor, counter, context, epoch };
          return issueEnvelope({ ...head, ...seal(machine, input) }, { random });
        },
      };
    },
    idOf: (version) => openEnvelope(version, keyring).deviceName,
    reissuer: (machine) => ({
      reissue(version, { epoch, dot, context }) {
        const { key } = version;
        const head = { ring, key, actor: dot.actor, counter: dot.counter, context, epoch };
        if (version.kind === 'devices') {
          throw new Error(`the simulation never issues ${DEVICES_SORT_KEY} twice`);
        }
        const content = openEnvelope(version, keyring);
        const signer = machine.device.signing;
        const sealingKey = keyring.current;
        return issueEnvelope(
          { ...head, kind: version.kind, signer, sealingKey, content },
          { random },
        );
      },
    }),
  };
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

function certifyAll(
  account: AccountKeys,
  machines: readonly MachineKeys[],
  verifier: Verifier,
  random: Random,
): DevicesRecord {
  return machines.reduce<DevicesRecord>(
    (record, { peer, device: keys }) => {
      const records = [record];
      const directory = createDeviceDirectory({ account: account.account, records }, { verifier });
      const keyring = openKeyring(directory, { sealing: account.masterSeal });
      const issuer = { signing: account.master };
      const request = requestCertificate({
        account: account.account,
        keys,
        issuer: account.master.publicKey,
        peer,
      });
      const rights = { write: true, certify: false };
      return certify({ directory, issuer, request, rights, keyring }, { random }).record;
    },
    startRecord(account, { random }),
  );
}
