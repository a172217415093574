import type { Messages } from './en.ts';
import { conta } from './pt-br-count.ts';

const TIPOS: Readonly<Record<string, string>> = {
  cart: 'carrinhos',
  order: 'pedidos',
  decision: 'decisões',
  product: 'produtos',
  notice: 'avisos',
};

/** Brazilian Portuguese of exports, imports and catalogues. */
export const ptBRData: Messages['data'] = {
  title: 'Seus dados',
  text: 'Tudo de uma conta em um arquivo, e listas de produtos.',
  account: 'Conta',
  exportTitle: 'Exportar',
  exportText:
    'Carrinhos, pedidos, decisões e tudo mais da conta. As chaves não vão junto: são as 12 palavras que dão acesso a uma máquina.',
  seal: 'Lacrar com uma frase-senha',
  passphrase: 'Frase-senha',
  passphraseHint: 'Oito caracteres ou mais. Sem ela ninguém abre o arquivo, nem você.',
  passphraseShort: 'É curta demais.',
  export: 'Exportar',
  exporting: 'Exportando…',
  exported: 'O arquivo está nos seus downloads.',
  importTitle: 'Importar',
  importFile: 'Um arquivo exportado',
  importText:
    'O que já está aqui fica como está: dá para repetir, ou continuar depois de uma interrupção.',
  sealedFile: 'Este arquivo está lacrado.',
  look: 'Abrir o arquivo',
  whole: (name, when) => `Uma exportação inteira de “${name}”, de ${when}.`,
  kinds: (kind) => TIPOS[kind] ?? kind,
  bring: (name) => `Trazer para “${name}”`,
  bringing: 'Importando…',
  brought: (written, there, kept) =>
    `${conta(written, 'item trazido', 'itens trazidos')}, ${there} já estavam aqui, ${kept} ficaram como estão aqui.`,
  keptText: 'Ficaram como estão aqui:',
  why: { different: 'está diferente aqui', deleted: 'foi apagado aqui' },
  catalogue: {
    heading: 'Catálogo',
    text: 'Uma lista de produtos, CSV ou JSON, completa o que você digita nos carrinhos.',
    file: 'Uma lista de produtos',
    tooLarge: 'Este arquivo é grande demais: uma lista tem no máximo um milhão de caracteres.',
    found: (good, fresh, changed) =>
      `${conta(good, 'produto', 'produtos')}: ${conta(fresh, 'novo', 'novos')}, ${conta(changed, 'alterado', 'alterados')}.`,
    title: 'Produto',
    category: 'Categoria',
    price: 'Preço',
    more: (n) => `e mais ${n}`,
    nothing: 'Nada deste arquivo pode ser aproveitado:',
    leftOut: (n) => (n === 1 ? 'Um fica de fora:' : `${n} ficam de fora:`),
    line: (line, number) =>
      number === undefined ? `Linha ${line}` : `Linha ${line} (produto ${number})`,
    problems: {
      notAList: 'isto não é uma lista de produtos',
      notJson: 'aqui, ou logo antes, deixa de ser JSON',
      noTitles: 'a primeira linha não tem a coluna “produto”',
      openQuote: 'aspas que começam aqui não terminam',
      tooManyCells: 'há mais células que colunas na primeira linha',
      titleMissing: 'falta o nome',
      tooLong: 'um texto ou preço é longo demais',
      price: 'o preço não é um valor como 21,90',
      currency: 'a moeda não são três letras maiúsculas',
      twice: 'o mesmo produto está mais acima',
      tooMany: 'uma lista tem no máximo 5.000 produtos',
    },
    bring: (n) => `Trazer ${conta(n, 'produto', 'produtos')}`,
    brought: (written, there) =>
      `${conta(written, 'produto trazido', 'produtos trazidos')}, ${there} já estavam lá.`,
  },
};
