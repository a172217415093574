import { beforeEach, describe, expect, it } from 'vitest';
import { takeDevices } from '../../src-main/app/share-devices.ts';
import { createSilentLogger } from '../../src-main/base/logger.ts';
import { createMetrics } from '../../src-main/base/metrics.ts';
import { EMPTY_CONTEXT, type CausalContext } from '../../src-main/domain/causal-context.ts';
import type { PartitionKey } from '../../src-main/domain/ids.ts';
import { seenOfAll } from '../../src-main/domain/versioned-item.ts';
import { startRecord } from '../../src-main/security/account-admin.ts';
import { accountKeysFromSeed } from '../../src-main/security/account-keys.ts';
import { actorOf } from '../../src-main/security/actor.ts';
import { issueDevices } from '../../src-main/security/devices-version.ts';
import { createVerifier } from '../../src-main/security/ed25519.ts';
import { DEVICES_SORT_KEY, readEnvelope } from '../../src-main/security/envelope-format.ts';
import { createPeerKey } from '../../src-main/security/peer-key.ts';
import { ringKeysFromPhrase } from '../../src-main/security/ring-keys.ts';
import { createMemoryStore } from '../../src-main/storage/memory-store.ts';
import type { Store } from '../../src-main/storage/store.ts';
import { createSeededRandom } from '../sim/seeded-random.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { EPOCH, RING_PHRASE } from '../security/world.ts';

const random = createSeededRandom('share devices');
const { ring } = ringKeysFromPhrase(RING_PHRASE);
const shared = accountKeysFromSeed(random.bytes(64));
const stranger = accountKeysFromSeed(random.bytes(64));
const maker = createPeerKey(random.bytes(32));
const own = createPeerKey(random.bytes(32));
const record = startRecord(shared, { random });
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error;

/** A version of the shared account's devices as `maker` would write it. */
function devices(options: {
  readonly counter: number;
  readonly context?: CausalContext;
  readonly signer?: typeof shared.master;
  readonly account?: PartitionKey;
}) {
  const { counter, context = EMPTY_CONTEXT, account = shared.account } = options;
  return issueDevices({
    ...{ ring, account, counter, context, record },
    actor: actorOf(maker.publicKey, EPOCH, account),
    epoch: EPOCH,
    signer: options.signer ?? shared.master,
    peer: maker,
  });
}

describe('the devices that a share link is answered with', () => {
  let store: Store;
  const key = { partitionKey: shared.account, sortKey: DEVICES_SORT_KEY };
  const take = (...versions: ReturnType<typeof devices>[]) =>
    takeDevices(
      { ring, account: shared.account, self: own.peerId },
      versions.map(({ bytes }) => bytes),
      { store: store.items, verifier: createVerifier() },
    );
  const held = async () => (await store.items.read(key)).map(({ hash }) => hash);
  beforeEach(async () => {
    store = createMemoryStore(
      {},
      {
        ...{ clock: createManualClock(), random, logger: createSilentLogger() },
        ...{ metrics: createMetrics(), readEnvelope, isSigned: () => true },
      },
    );
    await store.start();
  });

  it('are taken in when people of the account signed them', async () => {
    const first = devices({ counter: 1 });
    const second = devices({ counter: 2, context: seenOfAll([first]) });
    await take(first, second, second);
    expect(await held()).toEqual([second.hash]);
  });

  it('are refused when somebody else signed them, or they are of another account', async () => {
    await expect(take(devices({ counter: 1, signer: stranger.master }))).rejects.toThrow(
      code('BAD_SIGNATURE'),
    );
    await expect(take(devices({ counter: 1, account: stranger.account }))).rejects.toThrow(
      code('BAD_ENCODING'),
    );
    expect(await held()).toEqual([]);
  });

  it('are refused when they cover a version without all its past', async () => {
    const first = devices({ counter: 1 });
    const second = devices({ counter: 2, context: seenOfAll([first]) });
    await take(second);
    const unclosed = new Map([[second.dot.actor, [[2, 2]]]]) as CausalContext;
    await expect(take(devices({ counter: 3, context: unclosed }))).rejects.toThrow(
      code('STALE_CONTEXT'),
    );
    expect(await held()).toEqual([second.hash]);
  });

  it('are passed over when they name what this store has not written', async () => {
    const actor = actorOf(own.publicKey, store.items.epoch, shared.account);
    const context = new Map([[actor, [[1, 7]]]]) as CausalContext;
    await take(devices({ counter: 1, context }));
    expect(await held()).toEqual([]);
  });
});
