import { toApiError, type ApiError } from '../api-error.ts';
import type { PlanView, RingChangeInput } from '../wall.ts';
import type { AppState } from './app.svelte.ts';

/** What a change of the ring would move: asked of the peer whenever the change is another one. */
export interface PlanLook {
  /** Of the change last looked at, or of the one before while it is still worked out. */
  readonly plan: PlanView | undefined;
  /** The plan is of the change that was looked at last. */
  readonly ready: boolean;
  readonly error: ApiError | undefined;
  look(change: RingChangeInput): void;
}

export function createPlanLook({ api }: Pick<AppState, 'api'>): PlanLook {
  let plan = $state.raw<PlanView>();
  let error = $state.raw<ApiError>();
  let ready = $state(false);
  let asked = 0;

  async function ask(change: RingChangeInput): Promise<void> {
    const mine = ++asked;
    ready = false;
    error = undefined;
    try {
      const answer = await api.call((client, signal) => client.membership.plan(change, { signal }));
      if (mine !== asked) return;
      plan = answer;
      ready = true;
    } catch (failure) {
      if (mine === asked) error = toApiError(failure, false);
    }
  }
  return {
    get plan() {
      return plan;
    },
    get ready() {
      return ready;
    },
    get error() {
      return error;
    },
    look: (change) => void ask(change),
  };
}
