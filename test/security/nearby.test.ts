import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src-main/base/bytes.ts';
import { nearbyCommitment, nearbyDigits, type Meeting } from '../../src-main/security/nearby.ts';
import { createPeerKey } from '../../src-main/security/peer-key.ts';

const peer = (byte: number) => createPeerKey(new Uint8Array(32).fill(byte)).peerId;
const nonce = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const meeting: Meeting = {
  newcomer: peer(1),
  admin: peer(2),
  machineName: 'phone',
  ringName: 'Home',
};
const nonces = { newcomer: nonce(3), admin: nonce(4) };

describe('the six digits of a meeting', () => {
  it('are a fixed format', () => {
    expect(nearbyDigits(meeting, nonces)).toBe(FIXED.digits);
    expect(toHex(nearbyCommitment(meeting, nonces.newcomer))).toBe(FIXED.commitment);
  });

  it('depend on both keys, both nonces and both names', () => {
    const others = [
      nearbyDigits({ ...meeting, newcomer: peer(9) }, nonces),
      nearbyDigits({ ...meeting, admin: peer(9) }, nonces),
      nearbyDigits({ ...meeting, machineName: 'phoneH', ringName: 'ome' }, nonces),
      nearbyDigits({ ...meeting, ringName: 'home' }, nonces),
      nearbyDigits(meeting, { ...nonces, newcomer: nonce(9) }),
      nearbyDigits(meeting, { ...nonces, admin: nonce(9) }),
      nearbyDigits(meeting, { newcomer: nonces.admin, admin: nonces.newcomer }),
      nearbyDigits({ ...meeting, newcomer: meeting.admin, admin: meeting.newcomer }, nonces),
    ];
    expect(others).not.toContain(FIXED.digits);
    expect(new Set(others).size).toBe(others.length);
  });

  it('are always six', () => {
    const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes, bytes, fc.string(), (newcomer, admin, machineName) => {
        expect(nearbyDigits({ ...meeting, machineName }, { newcomer, admin })).toMatch(/^\d{6}$/);
      }),
    );
  });

  it('are promised to one admin: a commitment does not serve before another', () => {
    const elsewhere = nearbyCommitment({ ...meeting, admin: peer(9) }, nonces.newcomer);
    expect(toHex(elsewhere)).not.toBe(FIXED.commitment);
  });
});

/** Worked out apart from this code, by the words of docs/PROTOCOL.md. */
const FIXED = {
  digits: '926906',
  commitment: '5ef7fdd55f7bc22541795c1e2c7bd568af1f42b288a3fc6dc4b98d0b11cf003d',
};
