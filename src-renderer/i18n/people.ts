import type { QuestionGroup } from '../state/resolution.ts';
import type { LineView, SiblingView } from '../wall.ts';
import type { Messages } from './en.ts';
import type { Formats } from './format.ts';

/** Whose version it is: the device's name, or “this machine”. */
export function deviceName(sibling: SiblingView, t: Messages['app']): string {
  return sibling.own || sibling.device === '' ? t.thisMachine : sibling.device;
}

/** Names at the start of a sentence: “This machine and …”. */
export function startSentence(names: string, { locale }: Pick<Formats, 'locale'>): string {
  const [first = '', ...rest] = names;
  return first.toLocaleUpperCase(locale) + rest.join('');
}

export interface Naming {
  readonly siblings: readonly SiblingView[];
  readonly t: Messages;
  readonly formats: Formats;
  readonly now: number;
}

/** The devices of some versions, each once: “Ana’s laptop and this machine”. */
export function devicesOf(versions: readonly string[], { siblings, t, formats }: Naming): string {
  const named = siblings.filter(({ version }) => versions.includes(version));
  return formats.list([...new Set(named.map((sibling) => deviceName(sibling, t.app)))]);
}

/** The same with each one's time: “Ana’s laptop (3 minutes ago) and …”. */
export function whoAndWhen(versions: readonly string[], naming: Naming): string {
  const { siblings, t, formats, now } = naming;
  const named = siblings.filter(({ version }) => versions.includes(version));
  return formats.list(
    named.map((sibling) =>
      t.conflict.whoWhen(deviceName(sibling, t.app), formats.when(sibling.wallMs, now)),
    ),
  );
}

/** Why lines are in their group: who added, changed or removed them. */
export function whyWords(
  lines: readonly Pick<LineView, 'by' | 'missingFrom'>[],
  group: Exclude<QuestionGroup, 'same'>,
  naming: Naming,
  name: (versions: readonly string[], naming: Naming) => string,
): string {
  const { why } = naming.t.conflict;
  const missing = lines.flatMap(({ missingFrom }) => missingFrom);
  const by = lines.flatMap((line) => line.by);
  if (group === 'removed') return why.removed(name(missing.length > 0 ? missing : by, naming));
  const changed = by.filter((version) => !missing.includes(version));
  return group === 'choose' && missing.length > 0
    ? why.changedRemoved(name(changed, naming), name(missing, naming))
    : why[group](name(by, naming));
}
