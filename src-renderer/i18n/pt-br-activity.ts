import type { enActivity } from './en-activity.ts';
import { conta } from './pt-br-count.ts';

/** Português da tela Atividade. */
export const ptBRActivity: typeof enActivity = {
  title: 'Atividade',
  intro: 'O que mudou há pouco, e o que roda nesta máquina quando algo muda.',
  changes: 'Últimas mudanças',
  changesText: 'Na ordem em que esta máquina as viu.',
  account: 'Conta',
  none: 'Nada mudou há pouco',
  noneText: 'O que você e suas outras máquinas mudam aparece aqui por pelo menos um dia.',
  changesFailed: 'Não dá para mostrar as últimas mudanças agora',
  hour: (n, more) =>
    n === 0
      ? 'Nenhuma mudança na última hora'
      : `${more ? 'Mais de ' : ''}${conta(n, 'mudança', 'mudanças')} na última hora`,
  what: {
    added: (who, item) => `${who} incluiu ${item}`,
    changed: (who, item) => `${who} alterou ${item}`,
    removed: (who, item) => `${who} removeu ${item}`,
    apart: (who, item) => `${who} escreveu ${item} em separado de outra máquina`,
    settled: (who, item) => `${who} fez a escolha sobre ${item}`,
  },
  somebody: 'uma máquina',
  items: {
    cart: (name) => `o carrinho “${name}”`,
    product: (name) => `o produto “${name}”`,
    other: (key) => `o registro ${key}`,
    aCart: 'um carrinho',
    aProduct: 'um produto',
    anOrder: 'um pedido',
    aNotice: 'um aviso',
    aDecision: 'uma decisão sobre um pedido',
  },
  times: (n) => `${n} vezes`,
  byFunction: (name) => `função ${name}`,
  otherFunction: 'uma função de outra máquina',
  showMore: 'Mostrar mudanças mais antigas',

  functions: 'Funções',
  functionsText: 'Pequenos programas que rodam nesta máquina quando algo muda.',
  functionsFailed: 'Não dá para mostrar as funções agora',
  noFunctions: 'Nenhuma função roda aqui.',
  addHint: 'Inclua as suas como arquivos nesta pasta:',
  builtIn: 'De fábrica',
  lowStock: 'Avisa quando um produto chega ao ponto de comprar de novo.',
  onPrefix: 'Roda nas mudanças de',
  perMinute: 'No último minuto',
  events: (n) => conta(n, 'mudança', 'mudanças'),
  behind: 'Ainda por fazer',
  upToDate: 'nada',
  lastRun: 'Deu certo por último',
  notYet: 'ainda não',
  runs: 'Execuções',
  runsValue: (runs, errors) =>
    `${conta(runs, 'deu certo', 'deram certo')}, ${conta(errors, 'falhou', 'falharam')}`,
  written: 'Itens escritos',
  states: {
    running: 'Rodando',
    paused: 'Em pausa',
    broken: 'Não pode ser carregada',
    look: 'Precisa de atenção',
  },
  problem: 'Último erro:',
  why: 'Por quê:',
  pause: 'Pausar',
  resume: 'Continuar',
  paused: (name) => `${name} está em pausa. O que mudar enquanto isso espera por ela.`,
  resumed: (name) => `${name} continua`,
  log: 'Últimas execuções',
  noLog: 'Ainda não rodou.',
  notes: {
    ran: (events, writes, ms) =>
      `${conta(events, 'mudança', 'mudanças')}, ${conta(writes, 'escrita', 'escritas')}, ${ms} ms`,
    loaded: (prefix) => `Carregada, para mudanças de ${prefix}…`,
    missed: 'Mudanças foram perdidas: ela recebe todos os registros de novo.',
    waits: (why) => `Ela espera: ${why}`,
    gaveUp: (key, error) => `Desistiu de ${key}: ${error}`,
    lettersGone: (n) =>
      n === 1
        ? '1 mudança antiga em que ela falhou foi descartada: falta espaço'
        : `${n} mudanças antigas em que ela falhou foram descartadas: falta espaço`,
    chainEnded: (key) =>
      `Não foi avisada de ${key}: funções se acionaram umas às outras quatro vezes.`,
  },
  letters: (n) =>
    n === 1 ? '1 mudança com que ela não soube lidar' : `${n} mudanças com que ela não soube lidar`,
  lettersText: 'Ela falhou nelas várias vezes e seguiu sem elas.',
  tries: (n) => conta(n, 'tentativa', 'tentativas'),
  moreLetters: (n) => `e mais ${n}`,
  retry: 'Tentar de novo',
  retryAll: 'Tentar todas de novo',
  retried: (n) => (n === 1 ? 'Resolvida 1 mudança' : `Resolvidas ${n} mudanças`),
  failedAgain: (n) =>
    `${conta(n, 'mudança falhou', 'mudanças falharam')} outra vez. Veja as últimas execuções.`,

  stock: 'Para comprar de novo',
  stockText: 'Produtos do seu catálogo que chegaram ao ponto de comprar de novo.',
  left: (n, at) => `restam ${n}, compra-se de novo em ${at}`,
  totals: 'Nos carrinhos abertos',
  totalsText: 'Quanto dá, por categoria.',
  category: 'Categoria',
  noCategory: 'Sem categoria',
  lines: 'Linhas',
  amount: 'Valor',
};
