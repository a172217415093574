import { beforeEach, describe, expect, it } from 'vitest';
import { exchangeMessage } from '../../../src-main/network/messages/exchange.ts';
import { fetchMessage } from '../../../src-main/network/messages/fetch.ts';
import { getMessage } from '../../../src-main/network/messages/get.ts';
import { listMessage } from '../../../src-main/network/messages/list.ts';
import { rangesMessage } from '../../../src-main/network/messages/ranges.ts';
import { sessionMessage } from '../../../src-main/network/messages/session.ts';
import { watchMessage } from '../../../src-main/network/messages/watch.ts';
import { sessionProofBytes } from '../../../src-main/security/session.ts';
import type { Hash } from '../../../src-main/domain/ids.ts';
import { createAsking, type Asking } from './asking.ts';

/** Machine 3 stores nothing and is not logged in: whatever it gets, it gets by a session. */
const OUTSIDER = 3;
const OWNER = 1;

describe('a session', () => {
  let asking: Asking;
  beforeEach(async () => {
    asking = await createAsking({
      machines: 4,
      member: (i) => ({ capacity: i === OUTSIDER ? 0 : 1, holds: i !== OUTSIDER }),
    });
  });
  const prove = (options: { prover?: number; nonceOf?: number } = {}) => {
    const { world, member } = asking;
    const { device, signing } = member(OUTSIDER).machine.device;
    const from = member(OUTSIDER).peer;
    const owner = member(OWNER).peer;
    const nonce = world.network.node(from)?.sessionNonce(member(options.nonceOf ?? OWNER).peer);
    if (nonce === undefined) throw new Error('not connected');
    const account = world.fixture.account;
    const claim = {
      ...{ ring: world.fixture.ring, account, nonce, device, verifier: owner },
      prover: member(options.prover ?? OUTSIDER).peer,
    };
    const signature = signing.sign(sessionProofBytes(claim));
    const request = { partitionKey: account, device, signature, devices: [] };
    return asking.ask(OUTSIDER, OWNER, sessionMessage, request);
  };
  const requests = () => {
    const partitionKey = asking.world.fixture.account;
    const digest = '00'.repeat(32) as Hash;
    const get = { listHash: null, key: asking.key('cart'), mode: 'full', have: [] } as const;
    const list = { listHash: null, range: { partitionKey, limit: 10 } };
    const exchange = { accounts: [{ partitionKey, digest }] };
    const ranges = { listHash: null, partitionKey, ranges: [{ digest }] };
    return [
      () => asking.ask(OUTSIDER, OWNER, getMessage, get),
      () => asking.ask(OUTSIDER, OWNER, listMessage, list),
      () => asking.ask(OUTSIDER, OWNER, fetchMessage, { partitionKey, wanted: [] }),
      () => asking.ask(OUTSIDER, OWNER, watchMessage, { partitionKey, on: true }),
      () => asking.ask(OUTSIDER, OWNER, exchangeMessage, exchange),
      () => asking.ask(OUTSIDER, OWNER, rangesMessage, ranges),
    ];
  };

  it('is needed for every reading verb by who is no co-owner', async () => {
    for (const request of requests()) {
      await expect(request()).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
    }
  });

  it('opens them all once a device of the account has signed', async () => {
    await prove();
    for (const request of requests()) await expect(request()).resolves.toBeDefined();
  });

  it('is not opened by a proof made for another connection or another member', async () => {
    await expect(prove({ nonceOf: 0 })).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
    await expect(prove({ prover: 0 })).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
    const [get] = requests();
    await expect(get?.()).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
  });

  it('ends with its connection', async () => {
    await prove();
    const { world, member } = asking;
    world.network.drop(member(OUTSIDER).peer, member(OWNER).peer, 'a test');
    await world.clock.advance(3000);
    const [get] = requests();
    await expect(get?.()).rejects.toMatchObject({ code: 'SESSION_REQUIRED' });
  });
});
