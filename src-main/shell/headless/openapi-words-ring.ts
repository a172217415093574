/** The words of openapi-words.ts for the ring: its machines, joining nearby, changes. */
export const RING_WORDS = {
  ring: {
    show: { summary: 'The ring, its settings, and what they come to today' },
    create: {
      summary: 'Start a ring with this machine as its first member',
      description: 'The phrase in the answer is shown this once and kept nowhere.',
      example: { name: 'Home', n: 'auto', r: 2, w: 2 },
    },
    join: {
      summary: 'Join a ring by an invite',
      example: { link: 'carrossel://join/…' },
    },
    members: { summary: 'The machines of the ring' },
    invite: {
      summary: 'A link by which one more machine gets into the ring',
      example: { expiresInMs: 86_400_000, admin: false },
    },
    invites: { summary: 'The invites this machine gave out' },
    closeInvite: { summary: 'Close an invite that nobody has used' },
    revoke: { summary: 'Shut a machine out of the ring for good' },
    newPeerKey: {
      summary: 'Give this machine a key of its own',
      description: 'For a copied folder, or a machine that was taken out. It leaves the ring.',
    },
  },
  nearby: {
    seek: {
      summary: 'The rings seen on the local network, as server-sent events',
      description: 'For a machine without a ring. It looks for as long as the stream is read.',
    },
    ask: {
      summary: 'Ask a ring nearby to be let in',
      description: 'The digits in the answer are compared with those on the admin’s machine.',
      example: { peerId: '12D3KooW…' },
    },
    join: {
      summary: 'Come in once the digits were the same on both machines',
      description: 'Waits up to three minutes until the admin lets this machine in.',
      example: { peerId: '12D3KooW…', digits: '042137' },
    },
    door: {
      summary: 'Who is nearby and asks to be let in, as server-sent events',
      description:
        'For an admin. Strangers of the local network may ask for as long as the stream is read, ten minutes at most.',
    },
    admit: {
      summary: 'Let in the machine that shows these digits',
      example: { id: '12D3KooW…', digits: '042137', admin: false },
    },
    refuse: { summary: 'Turn a machine away', example: { id: '12D3KooW…' } },
  },
  membership: {
    plan: {
      summary: 'What a change of the ring would move, before it is made',
      description: 'Items and bytes are those that lie on this machine.',
      example: { kind: 'leave' },
    },
    transfers: { summary: 'What moves from machine to machine now, and how far it is' },
    leave: {
      summary: 'Give away what this machine keeps, then leave the ring',
      description: 'Its state is left when others have all of it; until then it can stay.',
    },
    stay: { summary: 'Call off leaving' },
    comeBack: { summary: 'Come in again after leaving or having been retired' },
    seat: {
      summary: 'Change how much of the ring this machine keeps, and where it stands',
      description:
        'What moves for it moves first; until then wanted in the answer says what is coming.',
      example: { capacity: 2, zone: 'kitchen' },
    },
    retire: {
      summary: 'Say that a machine is gone: others take over what it kept',
      description: 'It may come back, empty. What only it had is missing until then.',
    },
    settings: {
      summary: 'Change how many copies there are, and how many a read and a write ask',
      description: 'Owners that come in are not counted for reads until they have everything.',
      example: { n: 3, r: 2, w: 2 },
    },
  },
};
