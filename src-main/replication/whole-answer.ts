import { AppError } from '../base/app-error.ts';

/** An item that is replaced again between answer and fetch each time is no answer in the end. */
const MOST_TRIES = 5;

export interface Tried<A> {
  readonly answer: A;
  /** All that it names is here, or covered by what is here. */
  readonly whole: boolean;
}

/**
 * Members answer reads with names; versions are fetched then. What was replaced there in between is
 * gone, and so its answer would count for something that the reader has not got: it is asked again,
 * and names what came in its place. @throws OVERLOADED after some tries
 */
export async function wholeAnswer<A>(ask: () => Promise<Tried<A>>): Promise<A> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const { answer, whole } = await ask();
    if (whole) return answer;
  }
  throw new AppError('OVERLOADED', 'The item changes faster than it can be read; try again.');
}
