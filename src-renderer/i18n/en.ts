import { enCart } from './en-cart.ts';
import { enActivity } from './en-activity.ts';
import { count } from './en-count.ts';
import { enData } from './en-data.ts';
import { enErrors } from './en-errors.ts';
import { enJoin } from './en-join.ts';
import { enOrders } from './en-orders.ts';
import { enInStep } from './en-in-step.ts';
import { enLookUp } from './en-look-up.ts';
import { enRing } from './en-ring.ts';

/** English, and the shape every other language has to fill: a missing key is a type error. */
export const en = {
  language: 'English',
  app: {
    name: 'Carrossel',
    skip: 'Skip to content',
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    more: 'More',
    retry: 'Try again',
    loading: 'Loading…',
    chooseFile: 'Choose a file',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'Copying did not work. Select the text and copy it.',
    failed: 'That did not work',
    messages: 'Messages',
    thisMachine: 'this machine',
    justNow: 'just now',
    optional: 'optional',
  },
  nav: {
    label: 'Main',
    cart: 'Carts',
    orders: 'Orders',
    peers: 'Machines',
    activity: 'Activity',
    settings: 'Settings',
  },
  link: {
    lost: 'Carrossel on this machine does not answer. Trying again…',
    refused: 'This page belongs to an earlier run of Carrossel. Open it again from the app.',
    ringLine: (connected: number, members: number): string =>
      members === 1 ? 'Only this machine' : `${connected} of ${members} machines connected`,
  },
  notices: {
    label: 'Good to know',
    dismiss: 'Hide this',
    steadyMissing: 'A machine that stays on would make your ring safer: add one when you can.',
    peerIdInUse:
      'Another running machine has this machine’s key, perhaps a copied folder. Give this one a key of its own.',
    revoked:
      'This machine was taken out of the ring, and the others no longer answer it. If that was a mistake, make a new key here and join again by a new invite; what was written here is kept.',
    deviceRevoked: (accounts: string): string =>
      `This machine was taken off ${accounts}: nothing can be written to it here. If that was a mistake, log in again with the account phrase (Settings).`,
    storeDamaged:
      'Part of what this machine keeps cannot be read. Start Carrossel again: it repairs itself then, and what it lacks comes from the other machines.',
    storeRepaired: (date: string): string =>
      `The store on this machine was damaged and was repaired on ${date}. Settings, Check this machine, says what came back.`,
    silentMember: (name: string, days: number): string =>
      `${name} has not been heard of for ${days} days. If it will not come back, retire it, and the others take over what it kept.`,
    epochRenewed: 'This data was copied or put back. Nothing was lost; it got a new mark.',
    siblingsMany:
      'Something was written apart very often. Choose what stays, so that it stays quick.',
    duplicateDot:
      'Two copies of one machine wrote at once. Both are kept; look at what was written apart.',
    newSealingKey:
      'Two machines were taken off the account apart: take one of them off again to shut both out.',
    deviceUnknown: (accounts: string): string =>
      `${accounts} does not know this machine: what was here was put back or damaged. If this stays while your other machines are on, log in again with the account phrase (Settings).`,
    sealingKeyMissing: (accounts: string): string =>
      `${accounts} has a new key that this machine was not given: some of it stays closed here. Log in again with the account phrase (Settings).`,
    other: (code: string): string => `Notice: ${code}`,
    newKey: 'Make a new key',
    newKeyDone: 'This machine has a new key. Invite it to the ring again.',
  },
  firstRun: {
    welcome: 'Welcome to Carrossel',
    intro:
      'Your machines keep your carts together, with no server in between. Together they are a ring.',
    startTitle: 'Start a ring',
    startText: 'This is the first machine. The others join it with a link.',
    joinTitle: 'Join a ring',
    joinText: 'Another machine is already there. Get a link from it.',
    ringName: 'Name of the ring',
    ringNameHint: 'For example “Home” or “Corner shop”',
    start: 'Start the ring',
    starting: 'Starting…',
    joinLink: 'Invite link',
    joinHint: 'It begins with carrossel://join/',
    join: 'Join',
    joining: 'Joining…',
    steps: 'Steps',
    stepRing: 'Ring',
    stepPhrase: 'Ring phrase',
    stepAccount: 'Account',
    stepAccountPhrase: 'Account phrase',
    accountTitle: 'Whose carts are these?',
    accountIntro:
      'An account keeps your carts, locked so that only your own machines can read them. Use the same account on each of your machines.',
    createTitle: 'New account',
    createText: 'For carts of your own. Single carts can be shared with others by link.',
    logInTitle: 'I have an account',
    logInText: 'It is on another machine. Its 12 words, on your paper, open it here too.',
    joined: (ring: string): string => `This machine is in the ring “${ring}” now.`,
  },
  phrase: {
    ringTitle: 'Write down the ring phrase',
    ringText:
      'These 12 words are the root of your ring. You only need them if the machines with admin rights are gone. They are shown this once and kept nowhere.',
    accountTitle: 'Write down your account phrase',
    accountText:
      'With these 12 words you log in on your other machines. They are shown this once and kept nowhere: without them nobody can bring the account back, not even we.',
    words: 'The 12 words, in order',
    written: 'I wrote them down',
    checkTitle: 'Let us check',
    checkText: 'Type the two words from your paper.',
    word: (n: number): string => `Word ${n}`,
    check: 'Check',
    wrong: (n: number): string => `Word ${n} is not the same as on the list.`,
    showAgain: 'Show the words again',
  },
  account: {
    name: 'Name of the account',
    nameHint: 'Only you see it',
    device: 'Name of this machine',
    deviceHint: 'For example “Ana’s laptop”. Your devices see it next to changes.',
    create: 'Create the account',
    phrase: 'The 12 words',
    phraseHint: 'In order, with spaces between them',
    logIn: 'Log in',
    working: 'One moment…',
  },
  peers: {
    title: 'Machines',
    intro: 'The machines of your ring keep the carts together.',
    onlyAdmins: (names: string, n: number): string =>
      `New machines are invited, and machines removed, from ${names}: ${n === 1 ? 'it is the admin' : 'they are the admins'} of this ring.`,
    ring: 'The ring',
    unnamed: 'Your ring',
    copies: (n: number, members: number): string =>
      members === 1
        ? 'All is on this one machine. Invite another, so that nothing is lost with it.'
        : n >= members
          ? `Each of the ${members} machines keeps everything.`
          : `Each cart is kept on ${n} of ${members} machines.`,
    admin: 'Admin',
    own: 'This machine',
    steady: 'Stays on',
    client: 'Keeps nothing for others',
    connected: 'Connected',
    away: 'Away',
    states: {
      joining: 'Joining',
      up: 'Member',
      leaving: 'Leaving',
      left: 'Left',
      retired: 'Retired',
      revoked: 'Removed',
    },
    latency: 'Answers in',
    ms: (n: string): string => `${n} ms`,
    address: 'Address',
    share: 'Part of the ring',
    storage: 'Stored',
    storedLeast: (size: string): string => `at least ${size}`,
    hints: (n: number): string =>
      `${count(n, 'change waits', 'changes wait')} here until it is back`,
    id: 'Machine id',
    invite: 'Invite a machine',
    inviteTitle: 'Invite a machine',
    inviteText:
      'Open Carrossel on the other machine, choose “Join a ring” and give it this link. It works once, and only while this machine is on.',
    inviteAdmin: 'The new machine may invite and remove others (admin)',
    inviteMake: 'Make an invite',
    inviteLink: 'Invite link',
    open: 'Open invites',
    forAdmin: 'For an admin',
    closeInvite: 'Close the invite',
    closed: 'Invite closed',
    revoke: (name: string): string => `Remove ${name} from the ring`,
    revokeText: (name: string): string =>
      `${name} will be cut off at once and keeps nothing for the ring any more. This cannot be undone.`,
    revoked: (name: string): string => `${name} was removed from the ring`,
    noneElse: 'Nobody else yet',
    noneElseText: 'Invite your other machines: then a cart is safe even if one breaks.',
  },
  settings: {
    title: 'Settings',
    look: 'Look and language',
    language: 'Language',
    languageAuto: 'As in the system',
    theme: 'Appearance',
    themes: { system: 'As in the system', light: 'Light', dark: 'Dark' },
    currency: 'Currency of new prices',
    apart: 'Carts written apart',
    suggested: 'Show what only one side changed as it is',
    suggestedText:
      'Until you choose, the cart shows a line that one side removed as gone, and a change of one side as made. Nothing is saved by that, and “Put side by side” shows everything.',
    accounts: 'Accounts on this machine',
    accountsText: 'New carts go to the account in use.',
    current: 'In use',
    use: 'Use this account',
    shared: 'Shared cart',
    addAccount: 'Add an account',
    devices: 'Devices',
    devicesOf: (name: string): string => `Devices of ${name}`,
    addedAt: (when: string): string => `added ${when}`,
    revokedDevice: 'Logged out',
    revokeDevice: (name: string): string => `Log ${name} out`,
    revokeText: (name: string): string =>
      `${name} will not be able to read or write anything new of this account.`,
    revokePhrase: 'The 12 words of the account',
    deviceRevoked: (name: string): string => `${name} is logged out`,
    machine: 'This machine',
    version: 'Version',
    stored: 'Stored here',
    storedValue: (items: string, size: string): string => `${items} items, ${size}`,
    outbox: 'Changes on their way',
    hintsKept: 'Kept for machines that are away',
    addresses: 'Addresses',
    keeps: 'Keeps for others',
    keepsValue: (capacity: number, share: string): string =>
      capacity === 0 ? 'nothing' : `${share} of the ring`,
    diagnostics: 'For a bug report',
    diagnosticsMake: 'Show the diagnostics',
    diagnosticsText:
      'Numbers and states that help to find a fault. No words, keys, carts, names or addresses are in it.',
    doctor: 'Health check',
    doctorRun: 'Check now',
    doctorText: 'Looks at disk, clock, ports, reachability and the store.',
    checks: {
      disk: 'Disk',
      clock: 'Clock',
      ports: 'Ports',
      reachability: 'Reachability',
      store: 'Store',
      ring: 'Ring',
      accounts: 'Accounts',
    },
    start: {
      title: 'When Carrossel runs',
      atLogin: 'Start when I log in',
      atLoginText: 'Without a window, so that the other machines find this one.',
      notInstalled: 'Starting at login can be chosen once Carrossel is installed.',
      keep: 'Keep running when the window is closed',
      keepText: 'Your carts stay in step with the other machines. Quit it from its tray icon.',
      inBrowser:
        'This page is in a browser. Whether Carrossel starts by itself is chosen in its app, or where it was set up to run on this machine.',
    },
    levels: { ok: 'Fine', warn: 'Look at this', error: 'Needs help' },
  },
  ...enCart,
  ...enJoin,
  orders: enOrders,
  data: enData,
  activity: enActivity,
  ...enInStep,
  ...enLookUp,
  ring: enRing,
  errors: enErrors,
};

export type Messages = typeof en;
