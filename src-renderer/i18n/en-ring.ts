import { count } from './en-count.ts';

/** `one machine`, `3 machines`. */
const machines = (n: number): string => (n === 1 ? 'one machine' : `${n} machines`);
const times = (n: string): string => `${n} times a normal share`;

/** English of what happens in the ring: moves, plans, and how carts are kept. */
export const enRing = {
  moves: {
    title: 'Moving now',
    text: 'Carts can be used all the while. If a machine is switched off, it goes on later.',
    join: (who: string): string => `${who} comes into the ring`,
    leave: (who: string): string => `${who} leaves the ring`,
    seat: (who: string): string => `${who} changes its share`,
    refill: (who: string): string => `${who} fetches what it lacks`,
    takes: (to: string): string => `${to} takes over its part`,
    parts: (done: string, total: string): string => `${done} of ${total} parts`,
    bytes: (parts: string, done: string, total: string): string => `${parts}, ${done} of ${total}`,
    elsewhere: 'between other machines',
    waits: 'waits until another change is done',
    done: 'is there; it counts once everything is',
  },
  plan: {
    title: 'What it would move',
    nothing: 'Nothing moves from machine to machine.',
    gets: (to: string, what: string): string => `${to} gets a copy of ${what}.`,
    takes: (to: string, what: string, from: string): string =>
      `${to} takes over ${what} from ${from}.`,
    what: (accounts: number, size: string): string =>
      accounts === 0
        ? 'parts that are still empty'
        : `${count(accounts, 'account', 'accounts')} (${size})`,
    more: (n: number): string => `And ${count(n, 'smaller move', 'smaller moves')}.`,
    seen: 'Counted is what this machine keeps, too.',
    share: 'Part of the ring that each machine keeps',
    shareOf: (name: string, before: string, after: string): string =>
      before === after ? `${name}: ${after}, as now` : `${name}: ${before} now, then ${after}`,
    same: (n: number): string => `Everything stays on ${machines(n)}.`,
    fewer: (before: number, after: number): string =>
      `Everything will be on ${machines(after)} instead of ${before}: fewer may break at once before something is lost.`,
    grows: (before: number, after: number): string =>
      `Everything will be on ${after} machines instead of ${before}.`,
    newcomer: 'The new machine',
    newcomerKeeps: (share: string, size: string): string =>
      `With a normal share it will keep ${share} of the ring: about ${size} go to it.`,
    wait: 'Something is moving already. The next step can be taken when it is done.',
  },
  change: {
    leave: 'Leave the ring',
    leaveDo: 'Leave the ring now',
    leaveText:
      'This machine gives what it keeps for the others to them. Let it run until that is done; it is shown here.',
    leaveThen: 'Then it may be switched off. It can come back at any time, without an invite.',
    leaving: 'It is leaving. Let it run until the others have everything.',
    stay: 'Stay after all',
    stays: 'This machine stays',
    hasLeft: 'It has left: the others keep everything it kept.',
    wasRetired: 'It was retired: the others keep what it kept.',
    comeBack: 'Come back',
    comesBack: 'This machine comes back',
    retire: (name: string): string => `Retire ${name}`,
    retireText: (name: string): string =>
      `For a machine that is gone. The others make the copies that ${name} kept, from their own.`,
    retireThen: (name: string): string =>
      `What only ${name} had is missing. It may come back later, without an invite, and begins empty.`,
    retired: (name: string): string => `${name} is retired; the others take over`,
    revokeThen:
      'The others make the copies it kept. To come in again it would need a new key and a new invite.',
    growing: (what: string): string => `Changes to ${what} when all that moves is there`,
  },
  keeping: {
    open: 'Change how carts are kept',
    title: 'How carts are kept',
    text: 'One step at a time. Look at what a step means; nothing happens before you say so.',
    automatic: 'Automatic',
    automaticText:
      'Up to five machines each keep everything. From six on every cart is on three of them.',
    fixed: 'As I say',
    fixedText: 'A number of copies that stays, however many machines there are.',
    copies: 'Copies of each cart',
    safe: 'Safe once it is on',
    asks: 'Reading asks',
    value: machines,
    less: (what: string): string => `${what}: one less`,
    more: (what: string): string => `${what}: one more`,
    means: 'What that means',
    few: (members: number): string =>
      `There are only ${members} machines that keep something: for now each of them keeps everything.`,
    loss: (n: number): string =>
      n === 1
        ? 'If the one machine that keeps a cart breaks, the cart is lost.'
        : `${n === 2 ? 'One machine' : `${n - 1} machines`} may break for good, and every cart is still there.`,
    writes: (w: number): string =>
      w === 1
        ? 'A change counts as safe on one machine alone. If that one breaks before the others have it, the change is lost.'
        : `A change counts as safe once ${w} machines have it: ${w === 2 ? 'either of them' : `any ${w - 1} of them`} may break that very moment.`,
    away: (w: number): string =>
      w === 1
        ? 'Writing always works, whoever is away.'
        : `Writing always works. While fewer than ${w} machines are on, a change waits on this one.`,
    readsOwn: 'Reading is from this machine’s own disk: at once, also without a network.',
    readsSure: (r: number): string =>
      `Reading asks ${machines(r)} and always meets the newest safe change.`,
    readsLoose: (r: number): string =>
      `Reading asks ${machines(r)}: too few to always meet the newest change. For a moment an older state may show.`,
    change: 'Take this step',
    changed: 'The ring keeps carts by that from now on',
  },
  seat: {
    title: 'How much of everything this machine keeps',
    text: 'The ring spreads all carts over its machines by their shares. Your own carts are always here as well.',
    shares: {
      none: 'Nothing for others',
      half: 'Half a share',
      normal: 'A normal share',
      double: 'Twice as much',
      four: 'Four times as much',
    },
    about: {
      none: 'It only uses the ring',
      half: 'For a small disk, or a machine that is seldom on',
      normal: 'As most machines',
      double: 'For a machine with room that is often on',
      four: 'For one that stays on, with much room',
    },
    set: times,
    setText: 'As it was set',
    zone: 'Where it stands',
    zoneHint: 'A room or a house. Copies of one cart are spread over different places.',
    small:
      'With up to five machines each keeps everything, whatever its share. Shares count from six machines on.',
    change: 'Change it',
    changed: 'It changes as soon as all that moves is there',
    changing: (what: string): string =>
      `Changing to: ${what}. It counts when all that moves is there.`,
    at: (share: string, zone: string): string => `${share}, ${zone}`,
    keep: 'Keep it as it was',
    kept: 'It stays as it was',
  },
};
