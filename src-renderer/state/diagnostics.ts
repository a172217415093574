/**
 * What helps with a bug report, as text: numbers, states and codes. No phrase, key, cart, name or
 * address is in it, so that it can be shown to strangers. Pure.
 */
import type { Finding, InStep, MemberView, Status } from '../wall.ts';

export interface Diagnosed {
  readonly status: Status;
  readonly members: readonly MemberView[];
  readonly inStep: InStep | undefined;
  readonly findings: readonly Finding[];
  /** The browser, as it calls itself, and the language of the page. */
  readonly page: { readonly agent: string; readonly locale: string; readonly link: string };
}

export function diagnosticsOf({ status, members, inStep, findings, page }: Diagnosed): string {
  const { ring, store } = status;
  /** Machines by number instead of name or id. */
  const order = new Map(members.map(({ peerId }, index) => [peerId, index + 1]));
  const report = {
    carrossel: { version: status.version, host: status.host },
    page,
    ring: ring && {
      members: ring.members,
      connected: ring.connected,
      setting: ring.setting,
      effective: ring.effective,
      admin: ring.admin,
      steadyMember: ring.steadyMember,
    },
    accounts: status.accounts.map(({ shared, current, revoked }) => ({ shared, current, revoked })),
    store: {
      ...{ items: store.items, bytes: store.bytes },
      ...{ tombstones: store.tombstones, tombstoneBytes: store.tombstoneBytes },
    },
    onTheirWay: { outbox: status.outbox, hints: status.hints },
    notices: status.notices.map(({ code }) => code),
    machines: members.map((member) => ({
      machine: order.get(member.peerId),
      own: member.own,
      state: member.state,
      connected: member.connected,
      capacity: member.capacity,
      steady: member.steady,
      share: Math.round(member.share * 1000) / 1000,
      roundTripMs: member.roundTripMs === undefined ? undefined : Math.round(member.roundTripMs),
      hints: member.hints,
    })),
    inStep: inStep && {
      allEqual: inStep.allEqual,
      machines: inStep.members.map(({ peerId, away, accounts }) => ({
        machine: order.get(peerId),
        away,
        accounts: accounts.map(({ state, items }) => ({ state, differing: items.length })),
      })),
    },
    checks: findings.map(({ check, level }) => ({ check, level })),
  };
  return JSON.stringify(report, null, 2);
}
