import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src-main/domain/ids.ts';
import type { Member } from '../../src-main/domain/member.ts';
import { lists, memberOf, peers, place, Q, ring } from './members.ts';

describe('places', () => {
  const storing = (zones: readonly string[], part: Partial<Member> = {}): Member[] =>
    zones.map((zone, i) => memberOf(peers[i] as PeerId, { zone, ...part }));

  it('gives each list as many zones as there are, up to n', () => {
    const zones = ['a', 'a', 'a', 'a', 'a', 'a', 'b', 'c'];
    const zoneOf = new Map(zones.map((zone, i) => [peers[i] as PeerId, zone]));
    for (const list of lists(place(storing(zones, { steady: true })))) {
      expect(new Set([...list].map((peer) => zoneOf.get(peer))).size).toBe(3);
    }
  });

  it('takes a second member of a zone rather than leave a list short', () => {
    for (const list of lists(place(storing(['a', 'a', 'a', 'b'])))) expect(list.size).toBe(3);
  });

  it('takes two peers of one host only when there is no other', () => {
    const members = ring(8).map((one, i) => ({ ...one, host: i < 6 ? 'big' : `own ${i}` }));
    const hostOf = new Map(members.map((one) => [one.peer, one.host]));
    for (const list of lists(place(members))) {
      expect(new Set([...list].map((peer) => hostOf.get(peer))).size).toBe(3);
    }
  });

  it('prefers another host within the zones it has to repeat', () => {
    const members = ring(6).map((one, i) => ({
      ...one,
      zone: 'home',
      host: i < 4 ? 'h' : `h${i}`,
    }));
    const hostOf = new Map(members.map((one) => [one.peer, one.host]));
    for (const list of lists(place(members))) {
      expect(new Set([...list].map((peer) => hostOf.get(peer))).size).toBe(3);
    }
  });

  it('lets a single steady member into every list, in the last seat', () => {
    const [first, ...rest] = ring(10);
    const placement = place([{ ...(first as Member), steady: true }, ...rest]);
    for (let i = 0; i < Q; i++) expect(placement.owners(i)).toContain(first?.peer);
    expect(placement.shareOf(first?.peer as PeerId)).toBe(1);
  });
});
