/** Deliberate faults of the floor that people use: see mutations.ts. */
export interface Mutation {
  readonly name: string;
  /** Kinds of runs that can show it. @default all */
  readonly kinds?: string;
  /** All of them together are the fault. */
  readonly edits: readonly Edit[];
}

export interface Edit {
  /** From the project's root. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export const APP_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a function’s effects come before its checkpoint',
    kinds: 'apps',
    edits: [
      {
        file: 'src-main/app/functions/function-runner.ts',
        find: '    await commit(requests, [...moved, ...alongside]);\n',
        replace: '    await commit(requests, alongside);\n    await store.issue([], moved);\n',
      },
    ],
  },
  {
    name: 'a button that is pressed twice orders twice',
    kinds: 'apps',
    edits: [
      {
        file: 'src-main/app/idempotency.ts',
        find: '        if (before !== undefined) return repeat(before, body);\n',
        replace:
          '        if (before?.body !== body && before !== undefined) return repeat(before, body);\n',
      },
    ],
  },
  {
    name: 'a voucher counts wherever it was used',
    kinds: 'apart',
    edits: [
      {
        file: 'src-main/domain/balance.ts',
        find: '      open.set(voucher, there - counts);\n',
        replace: '',
      },
    ],
  },
];
