/** The services in the shape of the contract, mutating calls done once per idempotency key. */
import type { AppParts } from './app-parts.ts';
import type { CallContext } from './call-context.ts';
import { ringDrawing } from './ring-drawing.ts';
import { accountView } from './device-admin.ts';
import type { AccountView, CartSummary, CartView } from './views.ts';
import type { KeptView } from './views/ring-drawing.ts';

const NO_CALL: CallContext = {};

export type First<F> = F extends (input: infer I, ...rest: never[]) => unknown ? I : never;
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** `work(input)` done once for each idempotency key. */
export function createOnce({ idempotency }: AppParts) {
  return function once<F extends (input: never) => Promise<unknown>>(
    procedure: string,
    work: F,
    options: { readonly secret?: boolean } = {},
  ) {
    return (input: First<F>, call: CallContext = NO_CALL): Promise<Result<F>> =>
      idempotency.once(
        procedure,
        input,
        call,
        () => work(input as never) as Promise<Result<F>>,
        options,
      );
  };
}

/** An answer with a phrase is never kept on disk. */
const SECRET = { secret: true };

export function createRingApi(parts: AppParts) {
  const { rings } = parts;
  const once = createOnce(parts);
  return {
    show: () => rings.show(),
    create: once('ring.create', rings.create, SECRET),
    join: (input: First<typeof rings.join>, call: CallContext = NO_CALL) =>
      rings.join(input, call.signal),
    members: () => rings.members(),
    invite: once('ring.invite', rings.invite, SECRET),
    invites: () => rings.invites(),
    closeInvite: once('ring.closeInvite', rings.closeInvite),
    revoke: once('ring.revoke', rings.revoke),
    newPeerKey: once('ring.newPeerKey', () => rings.newPeerKey()),
  };
}

export function createNearbyApi(parts: AppParts) {
  const { nearby, door, rings } = parts;
  return {
    seek: (_input?: unknown, call: CallContext = NO_CALL) => nearby.seek(call.signal),
    ask: (input: First<typeof nearby.ask>, call: CallContext = NO_CALL) =>
      nearby.ask(input, call.signal),
    async join(input: First<typeof nearby.join>, call: CallContext = NO_CALL) {
      await nearby.join(input, call.signal);
      return { ring: rings.show() };
    },
    door: (_input?: unknown, call: CallContext = NO_CALL) => door.watch(call.signal),
    admit: (input: First<typeof door.admit>) => door.admit(input),
    refuse: (input: First<typeof door.refuse>) => door.refuse(input),
  };
}

export function createAccountsApi(parts: AppParts) {
  const { accounts } = parts;
  const once = createOnce(parts);
  return {
    list: () => accounts.list(),
    create: once('accounts.create', accounts.create, SECRET),
    logIn: once('accounts.logIn', accounts.logIn, SECRET),
    checkPhrase: (input: First<typeof accounts.checkPhrase>) => accounts.checkPhrase(input),
    use: once('accounts.use', accounts.use),
    devices: (input: First<typeof accounts.devices>) => accounts.devices(input),
    revokeDevice: once('accounts.revokeDevice', accounts.revokeDevice, SECRET),
  };
}

interface ShareInput {
  readonly name: string;
  readonly account?: string | undefined;
  readonly expiresInMs: number;
}

export function createCartsApi(parts: AppParts) {
  const { carts, cartWatch, finder, shareCart, shareBook, shareAccept, book } = parts;
  const once = createOnce(parts);

  async function share(input: ShareInput): Promise<{
    link: string;
    expiresMs: number;
    cart: CartView;
  }> {
    const place = await shareCart.share(await finder.find(input.name, input.account));
    const { link, expiresMs } = await shareBook.makeLink(place.account, input.expiresInMs);
    return { link, expiresMs, cart: await carts.view(place) };
  }
  async function accept(
    { link }: { readonly link: string },
    signal: AbortSignal | undefined,
  ): Promise<{ account: AccountView; carts: CartSummary[] }> {
    const account = await shareAccept.accept(link, signal);
    return { account: accountView(account, book), carts: await carts.listOf(account) };
  }

  return {
    list: () => carts.list(),
    create: once('carts.create', carts.create),
    show: (input: First<typeof carts.show>, call: CallContext = NO_CALL) =>
      carts.show(input, call.signal),
    put: once('carts.put', carts.put),
    remove: once('carts.remove', carts.remove),
    addLines: once('carts.addLines', carts.addLines),
    setLine: once('carts.setLine', carts.setLine),
    removeLine: once('carts.removeLine', carts.removeLine),
    arrange: once('carts.arrange', carts.arrange),
    resolve: once('carts.resolve', (input: Omit<First<typeof carts.put>, 'resolve'>) =>
      carts.put({ ...input, resolve: true }),
    ),
    share: once('carts.share', share, SECRET),
    accept: (input: { readonly link: string }, call: CallContext = NO_CALL) =>
      accept(input, call.signal),
    watch: (input: First<typeof cartWatch.watch>, call: CallContext = NO_CALL) =>
      cartWatch.watch(input, call.signal),
  };
}

export function createOrdersApi(parts: AppParts) {
  const { orderService, checkout } = parts;
  const once = createOnce(parts);
  return {
    review: (input: First<typeof checkout.review>) => checkout.review(input),
    checkout: once('orders.checkout', checkout.checkout),
    list: (input: First<typeof orderService.list>) => orderService.list(input),
    csv: (input: First<typeof orderService.csv>) => orderService.csv(input),
    show: (input: First<typeof orderService.show>) => orderService.show(input),
    overlaps: (input: First<typeof orderService.overlaps>) => orderService.overlaps(input),
    decide: once('orders.decide', orderService.decide),
    vouchers: (input: First<typeof orderService.vouchers>) => orderService.vouchers(input),
    spending: (input: First<typeof orderService.spending>) => orderService.spending(input),
  };
}

export function createHistoryApi({ history, suggestions }: AppParts) {
  return {
    list: (input: First<typeof history.list>) => history.list(input),
    show: (input: First<typeof history.show>) => history.show(input),
    suggestions: () => suggestions.list(),
  };
}

export function createPictureApi({ inStep, session, shape, book }: AppParts) {
  return {
    inStep: (_input?: unknown, call: CallContext = NO_CALL) => inStep.look(call.signal),
    ring({ account }: { readonly account?: string | undefined }) {
      const { members } = session.services();
      const id = book.all().length === 0 ? undefined : book.find(account).id;
      return ringDrawing(shape.of(members), members.settings.q, id);
    },
    kept: async (): Promise<KeptView> =>
      (await session.services().replication.kept()).map(({ peer: peerId, ...kept }) => ({
        peerId,
        ...kept,
      })),
  };
}

export function createItemsApi(parts: AppParts) {
  const { items, queries } = parts;
  const once = createOnce(parts);
  return {
    get: (input: First<typeof items.get>, call: CallContext = NO_CALL) =>
      items.get(input, call.signal),
    put: once('items.put', items.put),
    delete: once('items.delete', items.delete),
    query: (input: First<typeof queries.query>, call: CallContext = NO_CALL) =>
      queries.query(input, call.signal),
    retry: once('items.retry', items.retry),
    withdraw: once('items.withdraw', items.withdraw),
  };
}

export function createBatchApi(parts: AppParts) {
  const { batches } = parts;
  const once = createOnce(parts);
  return {
    get: (input: First<typeof batches.get>, call: CallContext = NO_CALL) =>
      batches.get(input, call.signal),
    write: once('batch.write', batches.write),
  };
}
