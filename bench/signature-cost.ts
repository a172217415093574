import { createSigningKey, createVerifier } from '../src-main/security/ed25519.ts';
import { randomBytes } from 'node:crypto';
import { nowMs, round } from './figures.ts';

export interface SignatureCost {
  readonly signUs: number;
  readonly verifyUs: number;
}

/** What one signature and one check of 1.5 KB cost this machine now, with nothing else running. */
export function measureSignatures(count: number): SignatureCost {
  const key = createSigningKey(randomBytes(32));
  const verifier = createVerifier();
  const message = randomBytes(1536);
  const signature = key.sign(message);
  const each = (work: () => unknown): number => {
    const began = nowMs();
    for (let i = 0; i < count; i++) work();
    return round(((nowMs() - began) / count) * 1000);
  };
  each(() => key.sign(message));
  return {
    signUs: each(() => key.sign(message)),
    verifyUs: each(() => verifier.verify(key.publicKey, message, signature)),
  };
}
