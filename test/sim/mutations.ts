import { APP_MUTATIONS, type Mutation } from './app-mutations.ts';
import { PROMISE_MUTATIONS } from './promise-mutations.ts';

const STORAGE = 'src-main/storage';
const REPLICATION = 'src-main/replication';
const DOMAIN = 'src-main/domain';

/**
 * Deliberate faults in the engine, one at a time: each must be found by the checkers within 200
 * seeds, or the simulation looks away from something. `mutate.ts` runs them; `mutations.test.ts`
 * holds that each still fits the code.
 */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a write is acknowledged before its sync',
    edits: [
      {
        file: `${STORAGE}/commit-queue.ts`,
        find: '      await committed;\n',
        replace:
          '      for (const { confirm } of staged) confirm();\n' + '      await committed;\n',
      },
    ],
  },
  {
    name: 'a merge keeps two siblings at most',
    edits: [
      {
        file: `${DOMAIN}/versioned-item.ts`,
        find: '    .sort(compareVersions);\n}\n\n/** Two that claim',
        replace: '    .sort(compareVersions)\n    .slice(-2);\n}\n\n/** Two that claim',
      },
    ],
  },
  {
    name: 'the last writer wins',
    edits: [
      {
        file: `${DOMAIN}/versioned-item.ts`,
        find: '  return compareVersions(a, b) < 0 ? [a, b] : [b, a];',
        replace: '  return compareVersions(a, b) < 0 ? [b] : [a];',
      },
    ],
  },
  {
    name: 'hints are lost on restart',
    edits: [
      {
        file: `${STORAGE}/hint-records.ts`,
        find: '          tx.put(diskKey, encodeHint(key, version));\n',
        replace: '          encodeHint(key, version);\n',
      },
    ],
  },
  {
    name: 'a tombstone is dropped on its way in',
    edits: [
      {
        file: `${REPLICATION}/intake.ts`,
        find: '        return store.merge(key, versions, hintsFor.length === 0 ? {} : { hintsFor });',
        replace:
          "        const kept = versions.filter((version) => version.kind !== 'tombstone');\n" +
          '        return store.merge(key, kept, hintsFor.length === 0 ? {} : { hintsFor });',
      },
    ],
  },
  {
    name: 'a dot is used again after a restore',
    edits: [
      {
        file: `${STORAGE}/store-opening.ts`,
        find: '  const isCopy = markRecord !== undefined &&',
        replace: '  const isCopy = Math.min(0, 1) > 0 && markRecord !== undefined &&',
      },
      {
        file: `${STORAGE}/store-opening.ts`,
        find: '  const lostGroups = Math.max(0, outside - state.sequence);',
        replace: '  const lostGroups = Math.max(0, 0 * outside);',
      },
      {
        file: `${REPLICATION}/epoch-guard.ts`,
        find: '  async function suspect(sign: Sign): Promise<boolean> {\n',
        replace:
          '  async function suspect(sign: Sign): Promise<boolean> {\n' +
          "    if (sign.reason !== '') return Promise.resolve(false);\n",
      },
    ],
  },
  {
    name: 'a read asks the owners only, awake or not',
    edits: [
      {
        file: `${REPLICATION}/read-walk.ts`,
        find: '      if (!passed) next();\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a strict read takes one answer for enough',
    edits: [
      {
        file: `${REPLICATION}/read-needs.ts`,
        find: '  return Math.max(1, Math.min(options.r ?? least, n));',
        replace: '  return Math.max(1, 0 * least);',
      },
    ],
  },
  {
    name: 'a fallback says that it stored, and keeps nothing',
    edits: [
      {
        file: `${REPLICATION}/handlers/put.ts`,
        find: '    const versions = intake.read(request.versions, key);\n',
        replace:
          '    const versions = intake.read(request.versions, key);\n' +
          '    if (request.hintsFor.length > 0) {\n' +
          "      return { each: versions.map(() => ({ outcome: 'stored', unfilled: false, highest: 0 })) };\n" +
          '    }\n',
      },
    ],
  },
  {
    name: 'a stray item goes before every owner has it',
    edits: [
      {
        file: `${REPLICATION}/stray-items.ts`,
        find: '    await confirmAll({ key, siblings, listHash }, owners, signal);\n',
        replace: '    await confirmAll({ key, siblings, listHash }, owners.slice(0, 0), signal);\n',
      },
      {
        file: `${REPLICATION}/stray-items.ts`,
        find: '    if (!owners.every((owner) => detector.isReachable(owner))) {',
        replace: '    if (!owners.some((owner) => detector.isReachable(owner))) {',
      },
    ],
  },
  {
    name: 'a counter reserved by a process that crashed is given again',
    edits: [
      {
        file: `${STORAGE}/counter-reserve.ts`,
        find: '      const last = own ?? Math.max(record.reserved, life.base);\n',
        replace: '      const last = own ?? record.issued;\n',
      },
    ],
  },
  {
    name: 'what left and was lost in a crash is covered unread',
    edits: [
      {
        file: `${STORAGE}/item-changes.ts`,
        find: 'counter - 1 : Math.max(known, floor);',
        replace: 'counter - 1 : Math.max(known, floor - floor);',
      },
    ],
  },
  {
    name: 'the counter of a write is not kept',
    edits: [
      {
        file: `${STORAGE}/item-changes.ts`,
        find: '    next.give();\n    await writer.noteCounters(tx, version);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a revoked member stays one',
    edits: [
      {
        file: `${REPLICATION}/ring-member-table.ts`,
        find: '    return this.entry(peer)?.revoked === false;',
        replace: '    return this.entry(peer) !== undefined;',
      },
    ],
  },
  {
    name: 'a put leaves the outbox when it is safe',
    edits: [
      {
        file: `${REPLICATION}/outbox-delivery.ts`,
        find: "    if (writeState(flight.quorum) !== 'complete') return;",
        replace: "    if (writeState(flight.quorum) === 'pending') return;",
      },
      {
        file: `${REPLICATION}/outbox-delivery.ts`,
        find: "    if (writeState(flight.quorum) !== 'complete') return askAgain(flight);",
        replace: "    if (writeState(flight.quorum) === 'pending') return askAgain(flight);",
      },
    ],
  },
  {
    name: 'a newcomer is up before it has taken its part over',
    edits: [
      {
        file: `${REPLICATION}/ownership-fill.ts`,
        find: '    return whole >= n - w + 1 || others.every((peer) => from.has(peer));',
        replace: '    return whole >= 0 * (n - w) || others.every((peer) => from.has(peer));',
      },
    ],
  },
  {
    name: 'who is coming in gets no writes',
    kinds: 'ring',
    edits: [
      {
        file: `${REPLICATION}/flight.ts`,
        find: '  const incoming = pending.map((change) => change.incoming);',
        replace: '  const incoming = pending.slice(0, 0).map((change) => change.incoming);',
      },
    ],
  },
  {
    name: 'a context forgets what the author had read of others',
    edits: [
      {
        file: `${DOMAIN}/write-context.ts`,
        find: '  const read = joinContexts(seenOfAll(input.replaced), input.given ?? EMPTY_CONTEXT);',
        replace:
          '  const read = joinContexts(\n' +
          '    new Map([...input.replaced].map(({ dot }) => [dot.actor, [[dot.counter, dot.counter]]])),\n' +
          '    input.given ?? EMPTY_CONTEXT,\n  );',
      },
    ],
  },
  {
    name: 'a resolution leaves the dots of the lines that it keeps',
    edits: [
      {
        file: `${DOMAIN}/cart-edit.ts`,
        find: '    return { id, dot, at, product, quantity, note };\n',
        replace:
          '    const before = covered.flatMap((version) => version.lines.get(key) ?? []);\n' +
          '    return { id, dot: before[0]?.dot ?? dot, at, product, quantity, note };\n',
      },
    ],
  },
  {
    name: 'a value goes along in the clear',
    edits: [
      {
        file: 'src-main/security/envelope.ts',
        find: 'aead.seal(sealingKey.key, nonce, plain, associated));',
        replace: 'aead.seal(sealingKey.key, nonce, plain, associated), plain);',
      },
      {
        file: 'src-main/security/envelope.ts',
        find: 'sealed.subarray(NONCE_BYTES), associated);',
        replace: 'sealed.subarray(NONCE_BYTES, (sealed.length + 40) / 2), associated);',
      },
    ],
  },
  {
    name: 'a context covers all counters up to its own',
    edits: [
      {
        file: `${DOMAIN}/write-context.ts`,
        find: '  const context = addRange(read, actor, lastOwn + 1, counter - 1);',
        replace: '  const context = addRange(read, actor, 1, counter - 1);',
      },
    ],
  },
  ...APP_MUTATIONS,
  ...PROMISE_MUTATIONS,
];
