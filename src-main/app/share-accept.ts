/** Redeems a share link at the machine that made it, and logs in to the shared cart. */
import { AppError, isAppError } from '../base/app-error.ts';
import type { Random } from '../base/random.ts';
import { shareRedeemMessage } from '../network/messages/share-redeem.ts';
import { requestCertificate } from '../security/account-admin.ts';
import { encodeRequest } from '../security/account-certificate.ts';
import { deviceKeysFromSeed } from '../security/account-keys.ts';
import type { Verifier } from '../security/ed25519.ts';
import { newSeed } from '../security/peer-key.ts';
import { parseShareLink, shareProof, type ShareLink } from '../security/share-link.ts';
import type { ItemStore } from '../storage/item-store.ts';
import type { SecretStore } from '../storage/secret-store.ts';
import type { AccountBook } from './account-book.ts';
import type { Account } from './account.ts';
import type { ItemWriter } from './item-writer.ts';
import { inviterUnreachable } from './join-talk.ts';
import type { RingSession } from './ring-session.ts';
import type { SharedAccounts } from './shared-accounts.ts';
import { shareRequest } from './share-item.ts';
import { takeDevices } from './share-devices.ts';
import { decodeRedeemAnswer, encodeRedeemAsk } from './share-messages.ts';

/** Until the cart's own name is known. */
const DEFAULT_LABEL = 'Shared cart';
const REDEEM_TIMEOUT_MS = 10_000;

export interface ShareAccept {
  /**
   * @throws INVALID_LINK, WRONG_RING, NO_ACCOUNT, INVITER_UNREACHABLE, INVITE_INVALID, INVITE_USED,
   * INVITE_EXPIRED, INVITE_CLOSED
   */
  accept(link: string, signal?: AbortSignal): Promise<Account>;
}

export interface ShareAcceptComponents {
  readonly random: Random;
  readonly verifier: Verifier;
  readonly store: ItemStore;
  readonly secrets: SecretStore;
  readonly session: RingSession;
  readonly book: AccountBook;
  readonly writer: ItemWriter;
  readonly sharedAccounts: SharedAccounts;
  /** What the first cart of the account is called, as far as it is here. */
  readonly cartNameOf: (account: Account) => Promise<string | undefined>;
}

export function createShareAccept(components: ShareAcceptComponents): ShareAccept {
  const { random, secrets, session, book, writer, sharedAccounts, cartNameOf } = components;
  return {
    async accept(text, signal) {
      const link = parseShareLink(text);
      if (session.identity().ring !== link.ring) {
        throw new AppError('WRONG_RING', 'This link is for a cart in another ring.');
      }
      const held = book.get(link.account);
      if (held !== undefined) return held;
      const own = ownAccount(book);
      // The same key at a second attempt: the link is spent on it, not on the attempt.
      const name = `accept-${link.id}`;
      const certifierSeed = (await secrets.read(name)) ?? newSeed(random);
      await secrets.write(name, certifierSeed);
      await redeem(link, certifierSeed, signal, components);
      const item = { account: link.account, label: DEFAULT_LABEL, certifierSeed };
      const account = await sharedAccounts.adopt(item);
      const label = (await cartNameOf(account)) ?? DEFAULT_LABEL;
      await writer.write([shareRequest(own, { ...item, label })], {});
      await secrets.delete(name);
      return book.add({ ...account.secret, label });
    },
  };
}

/** Whose devices are to share in it: a shared cart has no person of its own. */
function ownAccount(book: AccountBook): Account {
  const current = book.current() ?? book.find(undefined);
  const own = current.shared ? book.all().find(({ shared }) => !shared) : current;
  if (own !== undefined) return own;
  throw new AppError('NO_ACCOUNT', 'Create an account or log in first, then accept the cart.');
}

async function redeem(
  link: ShareLink,
  certifierSeed: Uint8Array,
  signal: AbortSignal | undefined,
  components: ShareAcceptComponents,
): Promise<void> {
  const { session } = components;
  const { transport } = session.services();
  const nonce = transport.sessionNonce(link.maker);
  if (nonce === undefined) throw inviterUnreachable();
  const request = encodeRequest(
    requestCertificate({
      account: link.account,
      keys: deviceKeysFromSeed(certifierSeed),
      issuer: link.issuer,
    }),
  );
  const { ring, account, maker } = link;
  const redeemer = session.peerKey.peerId;
  const proof = shareProof(link.secret, { ring, account, maker, redeemer, nonce, request });
  const body = shareRedeemMessage.encodeRequest({
    body: encodeRedeemAsk({ share: link.id, request, proof }),
  });
  const answer = await transport
    .request(maker, shareRedeemMessage.verb, body, { timeoutMs: REDEEM_TIMEOUT_MS, signal })
    .catch((error: unknown) => {
      const away = isAppError(error, 'UNREACHABLE') || isAppError(error, 'TIMEOUT');
      throw away ? inviterUnreachable(error) : error;
    });
  const { body: devices } = shareRedeemMessage.decodeResponse(answer);
  await takeDevices({ ring, account, self: redeemer }, decodeRedeemAnswer(devices), components);
}
