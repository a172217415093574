import type { contract } from '../contract.ts';
import { RING_WORDS } from './openapi-words-ring.ts';

/** What the OpenAPI document says of each operation beyond its schemas. */

type Groups = typeof contract;
type Words = {
  readonly [G in keyof Groups]: { readonly [P in keyof Groups[G]]: OperationWords };
};

export interface OperationWords {
  readonly summary: string;
  readonly description?: string;
  /** A body that the operation takes. */
  readonly example?: object;
}

const RICE = {
  product: { title: 'Rice 5 kg', unit: 'bag', price: { amount: 2190, currency: 'BRL' } },
  quantity: 2,
  note: 'the long one',
};
const CONTEXT = 'AQIDBAUGBwg';
const LINE = 'ogAAAAAAAAAAAAAAAAAAAQ.7.0';
const ORDER = '0c7e3b5b9d1f4a6e8b2a1c3d5e7f9a0b';
const VOUCHER = 'a0d1b93de2cd52f1fbf489588c82b3ba';

export const OPERATION_WORDS: Words = {
  system: {
    status: { summary: 'This peer at a glance: ring, accounts, what is on its way, notices' },
    health: { summary: 'Whether the peer is up and its store sound' },
    doctor: { summary: 'Checks of disk, clock, ports, reachability and store, with advice' },
    events: {
      summary: 'What changes, as server-sent events',
      description:
        'Each event says what to ask for again; it does not hold the change. The first is `hello`.',
    },
  },
  ...RING_WORDS,
  accounts: {
    list: { summary: 'The accounts on this machine' },
    create: {
      summary: 'A new account',
      description: 'The phrase in the answer is shown this once and kept nowhere.',
      example: { name: 'Ana', deviceName: "Ana's laptop" },
    },
    logIn: {
      summary: 'Use an account on this machine too, by its twelve words',
      example: { phrase: 'twelve words of the account …', name: 'Ana' },
    },
    checkPhrase: {
      summary: 'Which account of this machine twelve words open: whether a paper is right',
      example: { phrase: 'twelve words of the account …' },
    },
    use: { summary: 'Choose the account that new carts go to' },
    devices: { summary: 'The machines logged in to an account' },
    revokeDevice: {
      summary: 'Take an account away from a lost machine',
      description: 'Needs the phrase of a personal account; of a shared cart none.',
      example: { phrase: 'twelve words of the account …' },
    },
  },
  carts: {
    list: { summary: 'All carts of the accounts on this machine' },
    create: { summary: 'A new cart', example: { name: 'Groceries' } },
    show: {
      summary: 'A cart: the union of its versions, who wrote them, and what each line is',
      description: '`name` is the name of a cart or its id, here and below.',
    },
    put: {
      summary: 'Write a whole cart',
      description:
        'Covers exactly the versions that `context` names, which is what a GET showed. While the ' +
        'cart is written apart, `resolve: true` says that the contested lines are decided.',
      example: { context: CONTEXT, lines: [RICE], resolve: false },
    },
    remove: { summary: 'Delete a cart' },
    addLines: { summary: 'Put lines into a cart', example: { lines: [RICE] } },
    setLine: { summary: 'Change a line', example: { quantity: 3 } },
    removeLine: { summary: 'Take a line out of a cart' },
    arrange: {
      summary: 'Say in which order the lines of a cart are shown',
      description: 'Ids of lines, first to last; those left out follow. Never a conflict.',
      example: { lines: ['AAECAwQFBgcICQoLDA0ODw.12.0'] },
    },
    resolve: {
      summary: 'Settle a cart that was written apart',
      description: 'The whole cart as it is to be; what arrived meanwhile stays beside it.',
      example: { context: CONTEXT, lines: [RICE] },
    },
    share: {
      summary: 'A link by which one other person gets into a cart',
      example: { expiresInMs: 86_400_000 },
    },
    accept: {
      summary: 'Enter a cart that somebody shared',
      example: { link: 'carrossel://share/…' },
    },
    watch: { summary: 'A cart, now and again at each change, as server-sent events' },
  },
  orders: {
    review: {
      summary: 'What a checkout would come to; nothing is written',
      example: { vouchers: [VOUCHER] },
    },
    checkout: {
      summary: 'Order lines of a cart: all that are not ordered yet, or the ones named',
      description:
        'The lines leave the cart and become an order, also with nobody else awake. Refused while ' +
        'the cart waits for a choice. `context` and `pay`, where given, must be what a review said.',
      example: { vouchers: [VOUCHER], pay: [{ amount: 4380, currency: 'BRL' }] },
    },
    list: { summary: 'Orders, the newest first' },
    csv: { summary: 'Every line of every order as comma-separated values, for spreadsheets' },
    show: { summary: 'An order with its lines, and what became of each' },
    overlaps: {
      summary: 'Orders that were made apart from one cart',
      description:
        'A line that several of them hold is kept by the smallest order id until a person decides.',
    },
    decide: {
      summary: 'Say which orders keep a line',
      description:
        'What is not kept is given back as a voucher. Orders not named stay as they are.',
      example: { lines: [{ line: LINE, keep: [ORDER], cancel: ['f0…'], context: CONTEXT }] },
    },
    vouchers: { summary: 'Vouchers with what is left of each, and amounts still due' },
    spending: { summary: 'What was spent, by month and by category' },
  },
  items: {
    get: {
      summary: 'An item with all versions that stand side by side',
      description:
        'The answer says how many machines answered and how many of them were owners; fewer than ' +
        '`r` is no error, but for `consistency=strict`. A `/` in the sort key may stand as it is.',
    },
    put: {
      summary: 'Write an item',
      description: 'Without `context` it covers nothing of others.',
      example: { value: { text: 'buy stamps' }, context: CONTEXT },
    },
    delete: { summary: 'Delete an item' },
    query: {
      summary: 'Items in the order of their sort keys, page by page, or counted in groups',
      description:
        '`next` of a page is `after` of the next one. With `groupBy` all items of the range are ' +
        'counted, and `sum`, `min` and `max` of a field are taken: `year`, `month`, `day`, ' +
        '`device`, `key.N` (the part of the sort key after its N-th `#`) or a path into the ' +
        'value like `price.amount`. Orders also have `total` and `kept`.',
    },
    retry: {
      summary: 'Send a strict write again whose outcome is unknown',
      description: '`version` is in the details of OUTCOME_UNKNOWN. The same bytes are sent.',
    },
    withdraw: { summary: 'Take a strict write back, if it has reached nobody' },
  },
  batch: {
    get: {
      summary: 'Up to 100 items, in the order of the keys',
      description: 'One message to each machine that is asked, however many items.',
      example: { sortKeys: ['note#1', 'note#2'] },
    },
    write: {
      summary: 'Write or delete up to 100 items',
      description:
        'All of them or none is written on this machine; one message to each owner. Without ' +
        '`context` a write covers nothing of others.',
      example: {
        writes: [
          { sortKey: 'note#1', value: { text: 'buy stamps' } },
          { sortKey: 'note#2', deleted: true, context: CONTEXT },
        ],
      },
    },
  },
  archive: {
    export: {
      summary: 'All items of an account as a file, in parts, as server-sent events',
      description:
        'The file is the `text` of all parts together: lines of JSON, or sealed where there is a ' +
        'passphrase (8 characters or more).',
      example: { passphrase: 'a sentence that only you know' },
    },
    open: { summary: 'Begin to bring an export into an account', example: {} },
    check: {
      summary: 'Look through the next part of the file; nothing is written',
      example: { chunk: 'eyJjYXJyb3NzZWwiOiJleHBvcnQi…', last: false },
    },
    write: {
      summary: 'Write the next part of the file, all of which was checked before',
      description: 'What is here already is left as it is; it can be done again at any time.',
      example: { chunk: 'eyJjYXJyb3NzZWwiOiJleHBvcnQi…', last: true },
    },
  },
  catalogue: {
    preview: {
      summary: 'What a list of products (CSV or JSON) would bring, with problems by line',
      example: { text: 'title,price\nRice 5 kg,21.90\n', currency: 'BRL' },
    },
    import: {
      summary: 'Put the good lines of a list of products into the catalogue',
      description: 'A product that is there already, otherwise, is replaced.',
      example: { text: 'title,price\nRice 5 kg,21.90\n', currency: 'BRL' },
    },
  },
  found: {
    list: { summary: 'Versions that were set aside, to be kept or dropped' },
    keep: {
      summary: 'Write one of them again, beside what the item holds now',
      description: 'It covers nothing of others; where they differ the item is a choice then.',
    },
    drop: { summary: 'Destroy one of them' },
  },
  functions: {
    list: { summary: 'The functions on this machine, built-in and your own, and how they do' },
    logs: { summary: 'The last that a function logged, and its last runs' },
    letters: { summary: 'Events that a function failed on, again and again' },
    retry: {
      summary: 'Give a dead letter to its function once more; without `letter` all of them',
      description: 'Letters of two accounts may have one id: `account` says of which.',
      example: { letter: '42' },
    },
    pause: { summary: 'Stop a function; its place in the stream stays' },
    resume: { summary: 'Let a paused function go on from its place' },
    views: { summary: 'What this machine computes of its items: low stock, notices, totals' },
  },
  stream: {
    follow: {
      summary: 'The stream of changes of an account, as server-sent events',
      description:
        '`from` is the `position` of an event, `start` (a replay of what the items hold comes ' +
        'first) or `now`, which is the default. After a cut the header `Last-Event-ID` does the ' +
        'same. `gap` says that changes were missed and a replay follows, `live` that all is told.',
    },
    recent: { summary: 'The newest changes of an account, the newest first' },
    activity: { summary: 'The same in short: what changed and who did it, without the values' },
  },
  picture: {
    inStep: {
      summary: 'Is everything in step: who is connected, what is not equal with whom, and why',
      description: 'Asks each machine that should hold the same; takes up to four seconds.',
    },
    ring: { summary: 'How the ring is divided among its machines, and where an account is kept' },
    kept: {
      summary: 'How much each machine keeps for the ring, as far as this one keeps the same',
      description: 'Where known is below 1 the numbers are a least.',
    },
  },
  history: {
    list: { summary: 'The versions of a cart that this machine has seen, the newest first' },
    show: {
      summary: 'One past version of a cart, whole',
      description: 'To bring it back, put its lines; lines that are gone by now enter anew.',
    },
    suggestions: { summary: 'What was in carts before, and the catalogue' },
  },
};
