import type { CausalContext, Dot } from '../domain/causal-context.ts';
import type { StoreEpoch } from '../domain/ids.ts';
import type { SignedVersion } from '../security/signed-version.ts';

/** What a version that is issued again gets in place of its old name and past. */
export interface ReissueGiven {
  readonly epoch: StoreEpoch;
  readonly dot: Dot;
  readonly context: CausalContext;
}

/**
 * Signs an own version again under a new dot: same item, kind and value (DESIGN §2 Epochs). The app
 * gives it, since it holds the device keys. Synchronous, as it runs inside the item's turn of the
 * store. Throws when this machine no longer holds the account.
 */
export interface Reissuer {
  reissue(version: SignedVersion, given: ReissueGiven): SignedVersion;
}
