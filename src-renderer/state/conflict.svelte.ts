import type { ApiError } from '../api-error.ts';
import type { CartView, SiblingView } from '../wall.ts';
import type { Attempt } from './attempt.ts';
import type { OpenCart } from './open-cart.svelte.ts';
import {
  carryOver,
  decideAs,
  decideLarger,
  NO_DECISIONS,
  NOTHING_FRESH,
  questionsOf,
  resolutionOf,
  withDecision,
  type Decision,
  type Decisions,
  type Question,
  type Resolution,
} from './resolution.ts';

/** `settled`: no choice is left. `again`: saved, yet something else came in. `stale`: not saved. */
export type Saved = 'settled' | 'again' | 'stale' | 'failed';

/** The dialog's state: the cart exactly as it is shown there, and the choices made on it. */
export interface Conflict {
  readonly shown: CartView;
  readonly questions: readonly Question[];
  readonly decisions: Decisions;
  readonly resolution: Resolution;
  /** Questions that the last newer state brought or changed. */
  readonly fresh: ReadonlySet<string>;
  /** The question the person came for; undefined if for all. */
  readonly wanted: string | undefined;
  /** Versions that arrived since `shown`, not yet looked at; empty if none. */
  readonly arrived: readonly SiblingView[];
  /** Somebody has settled it meanwhile: there is nothing left to save. */
  readonly settledElsewhere: boolean;
  readonly saving: boolean;
  decide(question: Question, decision: Decision): void;
  /**
   * For all lines: everything with the larger quantities, as one sibling has it, or as at first.
   */
  decideAll(wish: 'larger' | 'reset' | SiblingView): void;
  /** Shows the newest state; choices whose question is unchanged stay. */
  showNewest(): void;
  /** Sends exactly what is shown, with exactly its context. */
  save(): Promise<Saved>;
}

const STALE: readonly string[] = ['STALE_CONTEXT', 'UNKNOWN_CONTEXT', 'CONFLICT_OPEN'];

/** @param restoring id of a line that one side removed and the person wants back */
export function createConflict(
  cart: OpenCart,
  first: CartView,
  attempt: Attempt,
  restoring?: string,
): Conflict {
  let shown = $state.raw(first);
  let decisions = $state.raw(restored(first, restoring));
  let fresh = $state.raw(NOTHING_FRESH);
  let saving = $state(false);
  const questions = $derived(questionsOf(shown));
  const resolution = $derived(resolutionOf(questions, decisions));
  const newest = $derived(cart.view ?? shown);
  const newer = $derived(namesOf(newest) !== namesOf(shown));
  const arrived = $derived(
    newer
      ? newest.siblings.filter(({ version }) => shown.siblings.every((s) => s.version !== version))
      : [],
  );

  const show = (view: CartView): void => {
    const carried = carryOver(questions, questionsOf(view), decisions);
    shown = view;
    decisions = carried.decisions;
    fresh = carried.fresh;
  };

  async function save(): Promise<Saved> {
    const { context } = shown;
    const lines = [...resolution.lines];
    let stale = false;
    const own = (error: ApiError): boolean => (stale = STALE.includes(error.code));
    saving = true;
    const saved = await attempt(
      () => cart.write((client, target) => client.carts.resolve({ ...target, context, lines })),
      own,
    );
    saving = false;
    if (saved === undefined) return stale ? 'stale' : 'failed';
    if (saved.conflict) show(saved);
    return saved.conflict ? 'again' : 'settled';
  }

  return {
    get shown() {
      return shown;
    },
    get questions() {
      return questions;
    },
    get decisions() {
      return decisions;
    },
    get resolution() {
      return resolution;
    },
    get fresh() {
      return fresh;
    },
    wanted: restoring,
    get arrived() {
      return arrived;
    },
    get settledElsewhere() {
      return newer && !newest.conflict;
    },
    get saving() {
      return saving;
    },
    decide(question, decision) {
      decisions = withDecision(decisions, question.id, decision);
    },
    decideAll(wish) {
      if (wish === 'reset') decisions = NO_DECISIONS;
      else if (wish === 'larger') decisions = decideLarger(questions);
      else decisions = decideAs(questions, wish.version);
    },
    showNewest() {
      show(newest);
    },
    save,
  };
}

function restored(view: CartView, line: string | undefined): Decisions {
  const question = questionsOf(view).find(({ id }) => id === line);
  const answer = question?.answers.find(({ kind }) => kind === 'restore');
  return question === undefined || answer === undefined
    ? NO_DECISIONS
    : withDecision(NO_DECISIONS, question.id, { answer: answer.key });
}

/** The versions a view shows: they, not its token, say whether it is another state. */
function namesOf({ siblings }: CartView): string {
  return siblings
    .map(({ version }) => version)
    .toSorted()
    .join(' ');
}
