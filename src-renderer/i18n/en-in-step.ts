import { count } from './en-count.ts';

/** English of “Is everything in step?” and of the ring's drawing. */
export const enInStep = {
  inStep: {
    title: 'Is everything in step?',
    intro: 'Which machines are there, and whether they hold the same as this one.',
    open: 'Is everything in step?',
    allEqual: 'All equal',
    allEqualText: (n: number): string => `All ${n} machines hold exactly the same.`,
    alone: 'This machine is the only one',
    someAway: 'All who are there are equal',
    someAwayText: (names: string, n: number): string =>
      `${names} ${n === 1 ? 'is' : 'are'} away and will get what is missing when ${n === 1 ? 'it is' : 'they are'} back.`,
    working: 'Not equal yet',
    workingText: (names: string): string => `What differs with ${names} is being exchanged.`,
    outbox: (n: number): string =>
      `${count(n, 'change of this machine is', 'changes of this machine are')} still on the way`,
    equal: 'Equal',
    differs: 'Not equal',
    asking: 'No answer yet',
    reached: (how: string): string => `Reached at ${how}`,
    byInterface: (name: string): string => `network ${name}`,
    byRouter: 'through a router',
    tried: (where: string): string => `Last known at ${where}`,
    lastError: 'Last heard:',
    notEqual: (account: string): string => `Not equal in “${account}”`,
    versions: (here: number, there: number): string =>
      [here > 0 ? `${here} only here` : '', there > 0 ? `${there} only there` : '']
        .filter(Boolean)
        .join(' · '),
    cart: (name: string): string => `Cart “${name}”`,
    kinds: {
      order: 'An order',
      product: 'A product of the catalogue',
      devices: 'The list of the account’s machines',
    },
    other: (sortKey: string): string => `Item ${sortKey}`,
    away: {
      refused: 'It is on, but Carrossel does not run there.',
      silent: 'It does not answer.',
      noRoute: 'It is in another network, or this machine is in none.',
      goodbye: 'Carrossel was closed there.',
      notMember: 'It does not know this machine as part of the ring.',
      tooOld: 'Its Carrossel and this one are too far apart.',
      shutOut: 'It sent what no working machine sends, and is shut out for a while.',
      noAddress: 'Nobody has told yet where it is.',
      other: 'It cannot be reached.',
    },
    advice: {
      refused: 'Start Carrossel there. If it runs, a firewall there turns this machine away.',
      silent:
        'Wake it up. If it is awake, look whether both are in the same network, and whether a firewall there lets Carrossel through.',
      noRoute: 'Put both into the same network (the same Wi-Fi, not a guest network).',
      goodbye: 'Nothing to do: it catches up when it is opened again.',
      notMember: 'If it was removed or set up anew, invite it again.',
      tooOld: 'Update the older of the two.',
      shutOut: 'Update Carrossel there. It is tried again by itself.',
      noAddress: 'Start Carrossel there once while both are in the same network.',
      other: 'Look whether it is on and in the same network. It is tried again by itself.',
    },
  },
  phraseHelp: {
    title: 'The 12 words',
    text: 'The 12 words of an account are on no disk, neither here nor anywhere else: they were shown once, for you to write down. So they cannot be shown again.',
    lost: 'I have lost them',
    lostFirst: 'Your machines stay logged in: nothing is lost as long as one of them works.',
    lostThen: 'Add a new account here and write its words down.',
    lostLast: 'Share your carts with the new account by link, then use that one.',
    ring: 'The 12 words of the ring are only needed if all machines with admin rights are gone.',
  },
  drawing: {
    title: 'Where your carts are',
    about: (name: string, here: number, of: number): string =>
      `The ring with its machines. ${name} is kept on ${of} of them, ${here} of those are connected now.`,
    everything: 'Everything of yours',
    kept: (n: number): string => `kept on ${count(n, 'machine', 'machines')}`,
    keeper: 'Keeps your carts',
    notKeeper: 'Keeps other carts',
    none: 'Keeps nothing for others',
    choose: 'Point at a machine to see its part of the ring.',
    part: (name: string, share: string): string => `${name}: ${share} of the ring`,
  },
};
