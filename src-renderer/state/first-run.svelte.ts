import type { Status } from '../wall.ts';

/** A phrase the person has to write down before they go on: shown once, kept nowhere. */
export interface PendingPhrase {
  readonly kind: 'ring' | 'account';
  readonly phrase: string;
}
export type Step = 'ring' | 'ringPhrase' | 'account' | 'accountPhrase';

/** Where the first run stands: what the peer already has, and the phrase that is on the screen. */
export interface FirstRun {
  readonly pending: PendingPhrase | undefined;
  /** The ring was started here, just now: there was a phrase of it to write down. */
  readonly founded: boolean;
  /** The step to show; undefined when there is nothing left to do. */
  stepOf(status: Status): Step | undefined;
  show(phrase: PendingPhrase): void;
  /** The person has shown that the phrase is written down. */
  written(): void;
}

export function createFirstRun(): FirstRun {
  let pending = $state.raw<PendingPhrase>();
  let founded = $state(false);
  return {
    get pending() {
      return pending;
    },
    get founded() {
      return founded;
    },
    stepOf({ ring, accounts }) {
      if (pending !== undefined) return pending.kind === 'ring' ? 'ringPhrase' : 'accountPhrase';
      if (ring === null) return 'ring';
      return accounts.length === 0 ? 'account' : undefined;
    },
    show(phrase) {
      pending = phrase;
      founded ||= phrase.kind === 'ring';
    },
    written() {
      pending = undefined;
    },
  };
}
