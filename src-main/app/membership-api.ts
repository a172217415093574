import type { AppParts } from './app-parts.ts';
import { createOnce, type First } from './app-api.ts';

export function createMembershipApi(parts: AppParts) {
  const { membership } = parts;
  const once = createOnce(parts);
  return {
    plan: (input: First<typeof membership.plan>) => membership.plan(input),
    transfers: () => membership.transfers(),
    leave: once('membership.leave', () => membership.leave()),
    stay: once('membership.stay', () => membership.stay()),
    comeBack: once('membership.comeBack', () => membership.comeBack()),
    seat: once('membership.seat', membership.seat),
    retire: once('membership.retire', membership.retire),
    settings: once('membership.settings', membership.settings),
  };
}
