import { gossipMessage, gossipPushNotice } from '../../network/messages/gossip.ts';
import type { Gossip } from '../gossip.ts';
import type { RingMemberTable } from '../ring-member-table.ts';
import type { Handling } from './handling.ts';

/** Digests in, records that differ out; and records that others push. */
export function handleGossip(
  handling: Handling,
  components: { readonly gossip: Gossip; readonly members: RingMemberTable },
): void {
  const { gossip, members } = components;
  handling.answer(gossipMessage, (request) => Promise.resolve(gossip.answer(request)));
  handling.notice(gossipPushNotice, async (records, { from }) => {
    await members.addRecords(records, from);
  });
}
