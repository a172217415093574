import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSilentLogger } from '../src-main/base/logger.ts';
import { createPeer, type Peer } from '../src-main/peer.ts';

/** Two real peers, libp2p, gate and multicast included: one lets the other in by six digits. */

const onLan = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .some((one) => !one.internal && one.family === 'IPv4');

describe('a real ring nearby', () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function start(name: string, listen: string, mdns: boolean): Promise<Peer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'nearby-'));
    ends.push(() => rm(dataDir, { recursive: true, force: true }));
    const logger = createSilentLogger();
    const init = { dataDir, host: 'test' as const, name, listen: [listen], mdns, logger };
    const peer = await createPeer(init);
    await peer.start();
    ends.push(() => peer.stop());
    return peer;
  }

  /** Opens the door, has the newcomer ask there, compares and admits. */
  async function letIn(kitchen: Peer, phone: Peer, target: object): Promise<void> {
    const leaving = new AbortController();
    const door = kitchen.app.nearby.door(undefined, { signal: leaving.signal });
    await door.next();
    const asked = await phone.app.nearby.ask(target);
    const shown = await door.next();
    const [newcomer] = shown.done === true ? [] : shown.value.newcomers;
    expect(newcomer).toMatchObject({ name: 'phone', digits: asked.digits });
    const joining = phone.app.nearby.join(asked);
    const { id = '', digits = '' } = newcomer ?? {};
    await kitchen.app.nearby.admit({ id, digits, admin: false });
    const { ring } = await joining;
    expect(ring.ringId).toBe(kitchen.app.ring.show().ringId);
    expect(await kitchen.app.ring.members()).toHaveLength(2);
    leaving.abort();
    await door.return?.();
  }

  it('is asked at its address, and answers nobody when the door is shut', async () => {
    const kitchen = await start('kitchen', '/ip4/127.0.0.1/tcp/0', false);
    const phone = await start('phone', '/ip4/127.0.0.1/tcp/0', false);
    await kitchen.app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 });
    const [address] = kitchen.addresses();
    await expect(phone.app.nearby.ask({ address })).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await letIn(kitchen, phone, { address });
  });

  it.runIf(onLan)('is seen on the LAN only while its door is open', async () => {
    const kitchen = await start('kitchen', '/ip4/0.0.0.0/tcp/0', true);
    const phone = await start('phone', '/ip4/0.0.0.0/tcp/0', true);
    await kitchen.app.ring.create({ name: 'Home', n: 'auto', r: 2, w: 2 });
    const leaving = new AbortController();
    const open = kitchen.app.nearby.door(undefined, { signal: leaving.signal });
    await open.next();
    const seeking = phone.app.nearby.seek();
    for (;;) {
      const next = await seeking.next();
      if (next.done === true) throw new Error('the search ended');
      if (next.value.length === 0) continue;
      expect(next.value).toEqual([{ peerId: kitchen.peerId, name: 'Home' }]);
      break;
    }
    await seeking.return?.();
    await letIn(kitchen, phone, { peerId: kitchen.peerId });
    leaving.abort();
    await open.return?.();
  });
});
