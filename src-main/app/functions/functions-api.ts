/** Functions, views and the stream in the shape of the contract. */
import type { AppParts } from '../app-parts.ts';
import { createOnce } from '../app-api.ts';
import type { CallContext } from '../call-context.ts';
import type { StreamInput } from '../stream-service.ts';

export function createFunctionsApi(parts: AppParts) {
  const { functions, views } = parts;
  const once = createOnce(parts);
  return {
    list: () => functions.list(),
    logs: (input: { readonly name: string }) => functions.logs(input),
    letters: (input: { readonly name: string }) => functions.letters(input),
    retry: once('functions.retry', functions.retry),
    pause: once('functions.pause', functions.pause),
    resume: once('functions.resume', functions.resume),
    views: () => views.show(),
  };
}

export function createStreamApi({ streams, activity }: AppParts) {
  return {
    follow: (input: StreamInput, call: CallContext = {}) =>
      streams.follow({ ...input, from: input.from ?? call.lastEventId }, call.signal),
    recent: (input: Parameters<typeof streams.recent>[0]) => streams.recent(input),
    activity: (input: Parameters<typeof activity.show>[0]) => activity.show(input),
  };
}
