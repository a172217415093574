/** The end of every join, by invite or nearby: the welcome, then the newcomer's own record. */
import { encodeChain, type Chain } from '../security/certificate.ts';
import { encodeMemberEntry, readMemberRecord } from '../security/member-record.ts';
import type { RingMemberTable } from '../replication/ring-member-table.ts';
import { decodeIntroduction, encodeDone, encodeWelcome } from './join-messages.ts';

/** What a newcomer with this chain is told of the ring. */
export function welcomeOf(admitted: Chain, members: RingMemberTable, name: string): Uint8Array {
  return encodeWelcome({
    chain: encodeChain(admitted),
    settings: members.settingsRecord(),
    memberEntries: members.memberEntries(),
    revocations: members.revocations(),
    name,
  });
}

/** Takes the newcomer into the table; the answer says that it is done. */
export async function introduce(
  message: Uint8Array,
  admitted: Chain,
  members: RingMemberTable,
): Promise<Uint8Array> {
  const record = readMemberRecord(decodeIntroduction(message));
  await members.addMemberEntries([encodeMemberEntry({ record, chain: admitted })]);
  return encodeDone();
}
