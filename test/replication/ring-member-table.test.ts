import { describe, expect, it } from 'vitest';
import { digestOf, recordsBeyond, tableHash } from '../../src-main/replication/gossip.ts';
import type { RingMemberTable } from '../../src-main/replication/ring-member-table.ts';
import { issueCertificate } from '../../src-main/security/certificate.ts';
import { createSigningKey } from '../../src-main/security/ed25519.ts';
import { issueRevocation } from '../../src-main/security/revocation.ts';
import { issueSettings } from '../../src-main/security/ring-settings.ts';
import { SIM_SETTINGS } from '../sim/world.ts';
import { memoryStore, ringOnPaper, tableOf } from './member-fixture.ts';

const selfOf = (table: RingMemberTable) => table.entry(table.self)?.record;

describe('the own record', () => {
  it('is signed at the first start and kept at the next when nothing changed', async () => {
    const fixture = ringOnPaper(1);
    const { records } = await memoryStore();
    const first = await tableOf(fixture, 0, { records });
    expect(first.get(first.self)).toMatchObject({ state: 'up', capacity: 1, admin: true });
    const second = await tableOf(fixture, 0, { records });
    expect(selfOf(second)?.hash).toBe(selfOf(first)?.hash);
  });

  it('is signed anew, one version on, when what it says changes', async () => {
    const table = await tableOf(ringOnPaper(1), 0);
    const changes: string[] = [];
    table.on('changed', ({ peers }) => changes.push(...peers));
    await table.announce({ addresses: ['/ip4/192.0.2.1/tcp/4000'] });
    await table.announce({ addresses: ['/ip4/192.0.2.1/tcp/4000'] });
    expect(selfOf(table)?.n).toBe(2);
    expect(changes).toEqual([table.self]);
  });

  it('goes past a record of its own that others have and it lost', async () => {
    const fixture = ringOnPaper(2);
    const table = await tableOf(fixture, 0);
    for (let i = 1; i < 5; i++) await table.announce({ name: `name ${i}` });
    const later = table.memberEntries();
    const restored = await tableOf(fixture, 0);
    await restored.addMemberEntries(later, fixture.machines[1]?.peer.peerId);
    expect(selfOf(restored)).toMatchObject({ epochCounter: 2, n: 1, name: 'machine-0' });
    const other = await tableOf(fixture, 1);
    await other.addMemberEntries(later);
    expect(await other.addMemberEntries(restored.memberEntries())).toBe(1);
    expect(other.get(table.self)?.name).toBe('machine-0');
  });

  it('claims no more than the certificate grants', async () => {
    const table = await tableOf(ringOnPaper(1), 0, { own: { capacity: 8, zone: 'cellar' } });
    // The certificate names a capacity and no zones: any zone may be claimed then.
    expect(table.get(table.self)).toMatchObject({ capacity: 1, zone: 'cellar' });
  });
});

describe('records of others', () => {
  it('are kept when newer, on disk too', async () => {
    const fixture = ringOnPaper(2);
    const { records } = await memoryStore();
    const [a, b] = [await tableOf(fixture, 0, { records }), await tableOf(fixture, 1)];
    const older = b.memberEntries();
    await b.announce({ name: 'Kitchen' });
    expect(await a.addMemberEntries(b.memberEntries())).toBe(1);
    expect(await a.addMemberEntries(older)).toBe(0);
    expect(a.get(b.self)?.name).toBe('Kitchen');
    const again = await tableOf(fixture, 0, { records });
    expect(again.isMember(b.self)).toBe(true);
  });

  it('are kept twice, and made two again when one of them is gone', async () => {
    const fixture = ringOnPaper(2);
    const { records } = await memoryStore();
    const [a, b] = [await tableOf(fixture, 0, { records }), await tableOf(fixture, 1)];
    await a.addMemberEntries(b.memberEntries());
    const { ring, root } = fixture;
    const settings = { ...SIM_SETTINGS, number: 2, n: 3, r: 2, w: 2 };
    await a.addSettings([issueSettings({ ring, settings, issuer: root }).bytes]);
    const row = ['member', b.self] as const;
    const force = ['ring', 'settings-in-force'] as const;
    for (const [space, name] of [row, force]) {
      const whole = await records.get(space, name);
      const copies = [
        { space: 'twin', name: `${space}/${name}` },
        { space, name },
      ] as const;
      for (const lost of copies) {
        expect(await records.get(lost.space, lost.name)).toEqual(whole);
        await records.delete(lost.space, lost.name);
        const again = await tableOf(fixture, 0, { records });
        expect(again.isMember(b.self)).toBe(true);
        expect(again.settings.number).toBe(2);
        expect(await records.get(lost.space, lost.name)).toEqual(whole);
      }
    }
  });

  it('are left out when the ring is another one', async () => {
    const [mine, theirs] = [
      await tableOf(ringOnPaper(1), 0),
      await tableOf(ringOnPaper(3, 'theirs'), 2),
    ];
    expect(await mine.addMemberEntries(theirs.memberEntries())).toBe(0);
    expect(mine.isMember(theirs.self)).toBe(false);
  });

  it('are left out when the certificate is signed by nobody of the ring', async () => {
    const fixture = ringOnPaper(2);
    const stranger = createSigningKey(new Uint8Array(32).fill(9));
    const subject = fixture.machines[1];
    if (subject === undefined) throw new Error('two machines');
    const forged = issueCertificate({
      ...{ ring: fixture.ring, subject: subject.peer.peerId, issuer: stranger },
      ...{ serial: 1, admin: true, maxCapacity: 100, zones: [], issuedMs: 0 },
    });
    const machines = [subject, { ...subject, chain: [forged.bytes] }];
    const table = await tableOf(fixture, 0);
    await expect(tableOf({ ...fixture, machines }, 1)).rejects.toThrow();
    expect(table.isMember(subject.peer.peerId)).toBe(false);
  });
});

describe('revocations', () => {
  it('take a member out, and tell', async () => {
    const fixture = ringOnPaper(2);
    const [a, b] = [await tableOf(fixture, 0), await tableOf(fixture, 1)];
    await a.addMemberEntries(b.memberEntries());
    const revoked: string[] = [];
    a.on('revoked', ({ peer }) => revoked.push(peer));
    const { ring, root } = fixture;
    const revocation = issueRevocation({ ring, subject: b.self, issuer: root, keep: [] });
    expect(await a.addRevocations([revocation.bytes])).toBe(1);
    expect(await a.addRevocations([revocation.bytes])).toBe(0);
    expect(revoked).toEqual([b.self]);
    expect(a.isMember(b.self)).toBe(false);
    expect(a.get(b.self)?.state).toBe('revoked');
    expect(a.revocations()).toEqual([revocation.bytes]);
    // A record that comes later does not let it in again.
    await b.announce({ name: 'still here' });
    await a.addMemberEntries(b.memberEntries());
    expect(a.isMember(b.self)).toBe(false);
  });

  it('by a key that nobody knows do not fill the set', async () => {
    const fixture = ringOnPaper(2);
    const table = await tableOf(fixture, 0);
    const stranger = createSigningKey(new Uint8Array(32).fill(9));
    const subject = fixture.machines[1]?.peer.peerId;
    if (subject === undefined) throw new Error('two machines');
    const { ring } = fixture;
    const revocation = issueRevocation({ ring, subject, issuer: stranger, keep: [] });
    expect(await table.addRevocations([revocation.bytes])).toBe(0);
    expect(table.revocations()).toEqual([]);
  });
});

describe('settings', () => {
  it('follow the greatest number', async () => {
    const fixture = ringOnPaper(1);
    const table = await tableOf(fixture, 0);
    const made = (number: number, n: number) =>
      issueSettings({
        ring: fixture.ring,
        settings: { number, n, r: 2, w: 2, q: 1024 },
        issuer: fixture.root,
      }).bytes;
    expect(await table.addSettings([made(3, 3)])).toBe(1);
    expect(await table.addSettings([made(2, 5)])).toBe(0);
    expect(table.settings).toMatchObject({ number: 3, n: 3 });
  });
});

describe('a digest', () => {
  it('says what another table lacks, and nothing once both are the same', async () => {
    const fixture = ringOnPaper(2);
    const [a, b] = [await tableOf(fixture, 0), await tableOf(fixture, 1)];
    expect(tableHash(a)).not.toBe(tableHash(b));
    await b.addRecords(recordsBeyond(a, digestOf(b)), a.self);
    await a.addRecords(recordsBeyond(b, digestOf(a)), b.self);
    expect(tableHash(a)).toBe(tableHash(b));
    expect(recordsBeyond(a, digestOf(b))).toEqual({ members: [], settings: [], revocations: [] });
  });
});
