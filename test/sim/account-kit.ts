/** One account of a simulated ring, on every machine of it, with the real security floor. */
import { utf8 } from '../../src-main/base/bytes.ts';
import type { Random } from '../../src-main/base/random.ts';
import { EMPTY_CONTEXT } from '../../src-main/domain/causal-context.ts';
import type { PartitionKey, RingId, StoreEpoch } from '../../src-main/domain/ids.ts';
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
import { createDeviceDirectory, openKeyring } from '../../src-main/security/device-directory.ts';
import type { DevicesRecord } from '../../src-main/security/devices-record.ts';
import { issueDevices } from '../../src-main/security/devices-version.ts';
import type { Verifier } from '../../src-main/security/ed25519.ts';
import { issueEnvelope, openEnvelope, type Keyring } from '../../src-main/security/envelope.ts';
import { DEVICES_SORT_KEY } from '../../src-main/security/envelope-format.ts';
import { newSeed } from '../../src-main/security/peer-key.ts';
import type { SignedVersion } from '../../src-main/security/signed-version.ts';
import type { IssueGiven, IssueRequest } from '../../src-main/storage/item-store.ts';
import type { MachineKeys } from './ring-fixture.ts';

/** Stands in every value and device name: nobody without the key may read it anywhere. */
export const MARKER = 'planted-plaintext';
/** The wall time of every write: six bytes that stand nowhere else. */
export const PLANTED_MS = 0x0a_5c_e7_b1_9d_42;

/** Which of the siblings held here the author had read. */
export type Replaces = (siblings: readonly SignedVersion[]) => readonly SignedVersion[];

export interface WriteInput {
  readonly sortKey: string;
  readonly id: string;
  readonly deleted?: boolean;
  /** Pads the value, so that some versions are large. @default 0 */
  readonly extraBytes?: number;
  readonly replaces: Replaces;
}

export interface AccountKit {
  readonly account: PartitionKey;
  readonly keyring: Keyring;
  /** The machine's device of this account. */
  deviceOf(machine: MachineKeys): DeviceKeys;
  /** The master's account#devices with every machine's device certified. */
  devicesVersion(machine: MachineKeys, given: IssueGiven): SignedVersion;
  /** A signed and sealed write (or deletion) that bears the name `id` inside the seal. */
  write(machine: MachineKeys, input: WriteInput): IssueRequest;
  /** The name inside the seal. */
  idOf(version: SignedVersion): string;
  reissuer(machine: MachineKeys): Reissuer;
}

export function createAccountKit(
  init: {
    readonly ring: RingId;
    readonly machines: readonly MachineKeys[];
    readonly first: boolean;
  },
  components: { readonly random: Random; readonly verifier: Verifier },
): AccountKit {
  const { ring, machines } = init;
  const { random, verifier } = components;
  const keys = accountKeysFromSeed(random.bytes(64));
  const { account } = keys;
  const devices = new Map(
    machines.map((machine) => [machine.name, deviceKeysFromSeed(newSeed(random))]),
  );
  const deviceOf = (machine: MachineKeys): DeviceKeys => {
    const found = init.first ? machine.device : devices.get(machine.name);
    if (found === undefined) throw new Error(`${machine.name} is not logged in`);
    return found;
  };
  const record = certifyAll(keys, machines, deviceOf, components);
  const directory = createDeviceDirectory({ account, records: [record] }, { verifier });
  const keyring = openKeyring(directory, { sealing: keys.masterSeal });

  const seal = (machine: MachineKeys, { id, deleted = false, extraBytes = 0 }: WriteInput) => ({
    kind: deleted ? ('tombstone' as const) : ('value' as const),
    signer: deviceOf(machine).signing,
    sealingKey: keyring.current,
    content: {
      deviceName: `${MARKER} ${id}`,
      wallMs: PLANTED_MS,
      type: deleted ? ('none' as const) : ('json' as const),
      value: utf8(
        deleted ? '' : `"${MARKER} ${machine.name} wrote ${id}${' '.repeat(extraBytes)}"`,
      ),
    },
  });
  return {
    account,
    keyring,
    deviceOf,
    devicesVersion: (machine, given) =>
      issueDevices({
        ...{ ring, account, ...given, record },
        context: EMPTY_CONTEXT,
        signer: keys.master,
        peer: machine.peer,
      }),
    write(machine, input) {
      const key = { partitionKey: account, sortKey: input.sortKey };
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
    idOf: (version) => openEnvelope(version, keyring).deviceName.slice(MARKER.length + 1),
    reissuer: (machine) => ({
      reissue(version, { epoch, dot, context }) {
        const { key } = version;
        const head = { ring, key, actor: dot.actor, counter: dot.counter, context, epoch };
        if (version.kind === 'devices') {
          throw new Error(`the simulation never issues ${DEVICES_SORT_KEY} twice`);
        }
        const content = openEnvelope(version, keyring);
        const signer = deviceOf(machine).signing;
        const sealingKey = keyring.current;
        return issueEnvelope(
          { ...head, kind: version.kind, signer, sealingKey, content },
          { random },
        );
      },
    }),
  };
}

function certifyAll(
  account: AccountKeys,
  machines: readonly MachineKeys[],
  deviceOf: (machine: MachineKeys) => DeviceKeys,
  { random, verifier }: { readonly random: Random; readonly verifier: Verifier },
): DevicesRecord {
  return machines.reduce<DevicesRecord>(
    (record, machine) => {
      const records = [record];
      const directory = createDeviceDirectory({ account: account.account, records }, { verifier });
      const keyring = openKeyring(directory, { sealing: account.masterSeal });
      const issuer = { signing: account.master };
      const request = requestCertificate({
        account: account.account,
        keys: deviceOf(machine),
        issuer: account.master.publicKey,
        peer: machine.peer,
      });
      const rights = { write: true, certify: false };
      return certify({ directory, issuer, request, rights, keyring }, { random }).record;
    },
    startRecord(account, { random }),
  );
}
