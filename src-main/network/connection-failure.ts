/** Why there is no session with a member, for people: from what a dial or a session ended with. */
export type ConnectionFailure =
  /** Its addresses are reached, and nothing listens there. */
  | 'refused'
  /** Nothing comes back: asleep, off, or a firewall drops what comes. */
  | 'silent'
  /** There is no way to its network. */
  | 'noRoute'
  /** It said goodbye. */
  | 'goodbye'
  /** It does not know this machine as a member, or shuts it out. */
  | 'notMember'
  /** The two machines' versions are too far apart. */
  | 'tooOld'
  | 'other';

const BY_CODE: Readonly<Record<string, ConnectionFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  EHOSTUNREACH: 'noRoute',
  ENETUNREACH: 'noRoute',
  EADDRNOTAVAIL: 'noRoute',
  ETIMEDOUT: 'silent',
  TIMEOUT: 'silent',
  NOT_MEMBER: 'notMember',
  FORBIDDEN: 'notMember',
  REVOKED: 'notMember',
  UNSUPPORTED_FORMAT: 'tooOld',
};
/** The most telling first: one address that refuses says more than three that are silent. */
const RANK: readonly ConnectionFailure[] = [
  'tooOld',
  'notMember',
  'goodbye',
  'refused',
  'silent',
  'noRoute',
];
const DEPTH = 6;

/** @param error what ended it; its causes are looked at, too. */
export function failureOf(error: unknown): ConnectionFailure {
  const found = new Set(reasonsIn(error, DEPTH));
  return RANK.find((reason) => found.has(reason)) ?? 'other';
}

function reasonsIn(error: unknown, depth: number): readonly ConnectionFailure[] {
  if (!(error instanceof Error) || depth === 0) return [];
  const { code } = error as { code?: unknown };
  const named = typeof code === 'string' ? BY_CODE[code] : undefined;
  const said = sentenceOf(error);
  const inner = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
  return [
    ...(named === undefined ? [] : [named]),
    ...(said === undefined ? [] : [said]),
    ...[error.cause, ...inner].flatMap((one) => reasonsIn(one, depth - 1)),
  ];
}

/** libp2p and Node put the system's code into the sentence of errors they wrap. */
function sentenceOf({ name, message }: Error): ConnectionFailure | undefined {
  if (message === 'goodbye') return 'goodbye';
  if (name === 'TimeoutError' || /timed? ?out/iu.test(message)) return 'silent';
  const code = /\b(E[A-Z]{5,14})\b/u.exec(message)?.[1];
  return code === undefined ? undefined : BY_CODE[code];
}
