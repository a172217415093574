import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GLOBAL_OPTIONS } from '../../../src-main/shell/cli/parse-arguments.ts';
import { COMMANDS } from '../../../src-main/shell/cli/run-cli.ts';
import { en } from '../../../src-renderer/i18n/en.ts';
import { ptBR } from '../../../src-renderer/i18n/pt-br.ts';

/** What the pages for people say of commands and of the page is so. */

const textOf = (name: string): string =>
  readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

/** What follows `carrossel` in shell blocks and between backticks, up to a remark. */
function commandsIn(text: string): readonly string[] {
  const code = [
    ...[...text.matchAll(/```sh\n([^]*?)```/g)].flatMap(([, block = '']) => block.split('\n')),
    ...[...text.replaceAll(/```[^]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, one = '']) => one),
  ];
  return code.flatMap((line) => /^carrossel (.*?)(?:\s+#.*)?$/.exec(line.trim())?.[1] ?? []);
}

/** The command that it names and the options; undefined where there is none like that. */
function known(words: string): { name: string; options: readonly string[] } | undefined {
  const found = COMMANDS.filter(({ name }) => `${words} `.startsWith(`${name} `));
  const [best] = found.toSorted((a, b) => b.name.length - a.name.length);
  if (best === undefined) return undefined;
  const options = [...words.matchAll(/ --([a-z-]+)/g)].map(([, option = '']) => option);
  const has = { ...best.options, ...GLOBAL_OPTIONS };
  return options.every((one) => one in has) ? { name: best.name, options } : undefined;
}

describe.each(['README.md', 'README.pt-BR.md', 'docs/OPERATIONS.md'])('%s', (file) => {
  it('names commands that there are, with options that they have', () => {
    const all = commandsIn(textOf(file)).filter((one) => !one.startsWith('--'));
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter((one) => known(one) === undefined)).toEqual([]);
  });
});

describe('the two READMEs', () => {
  const [english, portuguese] = [textOf('README.md'), textOf('README.pt-BR.md')];

  it('say the same commands in the same order', () => {
    const [one, other] = [english, portuguese].map((text) => commandsIn(text).map(known));
    expect(other).toEqual(one);
  });

  it('have the same parts', () => {
    const heads = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, marks]) => marks);
    expect(heads(portuguese)).toEqual(heads(english));
  });

  it.each([
    ['en', english, en, ['Start a ring', 'Join a ring', 'Put side by side', 'Save this cart']],
    ['pt-BR', portuguese, ptBR, ['Começar um anel', 'Entrar em um anel', 'Pôr lado a lado']],
  ])('call what is on the page as the page does (%s)', (_, text, messages, labels) => {
    const words = JSON.stringify(messages);
    for (const label of labels) {
      expect(text.replaceAll(/\s+/g, ' ')).toContain(`*${label}*`);
      expect(words).toContain(`"${label}"`);
    }
  });
});
