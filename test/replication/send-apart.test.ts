import { describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/base/app-error.ts';
import type { ErrorCode } from '../../src-main/base/error-code.ts';
import type { PeerId } from '../../src-main/domain/ids.ts';
import type { PutSender } from '../../src-main/replication/put-sender.ts';
import { sendApart } from '../../src-main/replication/send-apart.ts';
import { memoryStore, ringOnPaper } from './member-fixture.ts';

const peer = 'a peer' as PeerId;

/**
 * Three siblings of one item, and a member that answers with `code` when the second is among
 * them.
 */
async function three(code: ErrorCode) {
  const fixture = ringOnPaper(1);
  const store = (await memoryStore()).items;
  const [machine] = fixture.machines;
  if (machine === undefined) throw new Error('one machine');
  const write = (id: string) => fixture.write(machine, { sortKey: 'cart', id, replaces: () => [] });
  const versions = await store.issue(['a', 'b', 'c'].map(write));
  const bad = versions[1];
  if (bad === undefined) throw new Error('three versions');
  const asked: number[] = [];
  const sender: PutSender = {
    send(_to, parcel) {
      asked.push(parcel.versions.length);
      if (parcel.versions.includes(bad)) return Promise.reject(new AppError(code, 'No.'));
      return Promise.resolve(
        parcel.versions.map(() => ({
          outcome: 'stored',
          unfilled: false,
          loose: false,
          highest: 1,
        })),
      );
    },
  };
  const sent = () => sendApart(sender, peer, { key: bad.key, versions, listed: false });
  return { sent, asked, versions, bad };
}

describe('versions of one item', () => {
  it('are taken but for the one that is refused', async () => {
    const { sent, asked, versions, bad } = await three('DEVICE_REVOKED');
    const { taken, refused } = await sent();
    expect(taken).toEqual(versions.filter((version) => version !== bad));
    expect(refused).toMatchObject([{ version: bad, error: { code: 'DEVICE_REVOKED' } }]);
    expect(asked).toEqual([3, 1, 1, 1]);
  });

  it('are not tried one by one when the member cannot take any', async () => {
    for (const code of ['UNREACHABLE', 'DISK_FULL'] as const) {
      const { sent, asked } = await three(code);
      await expect(sent()).rejects.toMatchObject({ code });
      expect(asked).toEqual([3]);
    }
  });
});
