/**
 * The share links this machine has made, and their redemption: like an invite, but the answer is a
 * certificate of the shared account for a certifier key that the redeemer has made itself.
 */
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { createKeyedLock } from '../base/keyed-lock.ts';
import type { Random } from '../base/random.ts';
import type { PartitionKey, PeerId } from '../domain/ids.ts';
import { shareRedeemMessage } from '../network/messages/share-redeem.ts';
import { certify } from '../security/account-admin.ts';
import { decodeRequest } from '../security/account-certificate.ts';
import type { Verifier } from '../security/ed25519.ts';
import { DEVICES_SORT_KEY } from '../security/envelope-format.ts';
import { openKeyring } from '../security/device-directory.ts';
import {
  decodeShare,
  encodeShare,
  newShare,
  redeemShare,
  shareLink,
  type Share,
} from '../security/share-link.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { RecordStore } from '../storage/record-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import type { DevicesWriter } from './devices-writer.ts';
import { refusedOffer } from './invite-book.ts';
import type { RingServices } from './ring-lifecycle.ts';
import type { RingSession } from './ring-session.ts';
import { decodeRedeemAsk, encodeRedeemAnswer, type RedeemAsk } from './share-messages.ts';

const MAX_LINK_ADDRESSES = 4;

export interface ShareBook {
  /** A link for one person into the shared account. */
  makeLink(
    account: Account,
    expiresInMs: number,
  ): Promise<{ readonly link: string; readonly expiresMs: number }>;
  /** Answers members that redeem a link. */
  attach(services: RingServices): void;
}

export function createShareBook(components: {
  readonly clock: Clock;
  readonly random: Random;
  readonly verifier: Verifier;
  readonly records: RecordStore;
  readonly store: ItemStore;
  readonly session: RingSession;
  readonly book: AccountBook;
  readonly devicesWriter: DevicesWriter;
}): ShareBook {
  const { clock, random, verifier, records, store, session, book, devicesWriter } = components;
  const lock = createKeyedLock({ maxWaiting: 16 });

  async function redeem(ask: RedeemAsk, redeemer: PeerId, nonce: Uint8Array): Promise<Uint8Array> {
    const bytes = await records.get('share', ask.share);
    if (bytes === undefined) throw refusedOffer('INVITE_INVALID');
    const before = decodeShare(bytes);
    const nowMs = clock.wallMs();
    const outcome = redeemShare(before, { ...ask, redeemer, nonce, nowMs });
    if (outcome.share !== before) await records.put('share', ask.share, encodeShare(outcome.share));
    if (outcome.outcome === 'refused') throw refusedOffer(outcome.code);
    await admit(before.account, ask.request);
    const siblings = await store.read({
      partitionKey: before.account,
      sortKey: DEVICES_SORT_KEY,
    });
    return encodeRedeemAnswer(siblings.map((one) => one.bytes));
  }

  /** Certifies the redeemer's certifier, unless that was done before a crash. */
  async function admit(id: PartitionKey, requestBytes: Uint8Array): Promise<void> {
    const account = book.get(id);
    const certifier = account?.certifier;
    if (account === undefined || certifier === undefined) throw refusedOffer('INVITE_INVALID');
    const request = decodeRequest(requestBytes, verifier);
    if (request.account !== id || request.peer !== undefined) throw refusedOffer('INVITE_INVALID');
    if (account.directory.lookup(request.subject) !== undefined) return;
    await devicesWriter.write(
      id,
      certifier.signing,
      (directory) =>
        certify(
          {
            directory,
            issuer: { signing: certifier.signing },
            request,
            rights: { write: false, certify: true },
            keyring: openKeyring(directory, certifier),
          },
          { random },
        ).record,
    );
  }

  return {
    async makeLink(account, expiresInMs) {
      const { ring, peer } = session.identity();
      if (account.certifier === undefined) {
        throw new AppError('BAD_REQUEST', 'Only a shared cart has share links.');
      }
      const share: Share = newShare(
        {
          ring,
          account: account.id,
          maker: peer.peerId,
          expiryMs: clock.wallMs() + expiresInMs,
        },
        { random },
      );
      await records.put('share', share.id, encodeShare(share));
      const addresses = session.services().addresses().slice(0, MAX_LINK_ADDRESSES);
      const link = shareLink(share, account.certifier.signing.publicKey, addresses);
      return { link, expiresMs: share.expiryMs };
    },
    attach({ transport }) {
      transport.handle(shareRedeemMessage.verb, async (body, { from }) => {
        const ask = decodeRedeemAsk(shareRedeemMessage.decodeRequest(body).body);
        const nonce = transport.sessionNonce(from);
        if (nonce === undefined) throw new AppError('UNREACHABLE', 'The session has ended.');
        const answer = await lock.run(ask.share, () => redeem(ask, from, nonce));
        return shareRedeemMessage.encodeResponse({ body: answer });
      });
    },
  };
}
