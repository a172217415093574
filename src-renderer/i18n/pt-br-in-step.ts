import type { enInStep } from './en-in-step.ts';

/** Português de “Está tudo em dia?” e do desenho do anel. */
export const ptBRInStep: typeof enInStep = {
  inStep: {
    title: 'Está tudo em dia?',
    intro: 'Quais máquinas estão aí, e se elas têm o mesmo que esta.',
    open: 'Está tudo em dia?',
    allEqual: 'Tudo igual',
    allEqualText: (n) => `Todas as ${n} máquinas têm exatamente o mesmo.`,
    alone: 'Esta máquina é a única',
    someAway: 'Todas as que estão aí estão iguais',
    someAwayText: (names, n) =>
      n === 1
        ? `${names} está ausente e recebe o que falta quando voltar.`
        : `${names} estão ausentes e recebem o que falta quando voltarem.`,
    working: 'Ainda não está igual',
    workingText: (names) => `O que difere de ${names} está sendo trocado.`,
    outbox: (n) =>
      n === 1
        ? '1 mudança desta máquina ainda está a caminho'
        : `${n} mudanças desta máquina ainda estão a caminho`,
    equal: 'Igual',
    differs: 'Diferente',
    asking: 'Ainda sem resposta',
    reached: (how) => `Alcançada em ${how}`,
    byInterface: (name) => `rede ${name}`,
    byRouter: 'por um roteador',
    tried: (where) => `Vista por último em ${where}`,
    lastError: 'Detalhe técnico (em inglês)',
    notEqual: (account) => `Diferente em “${account}”`,
    versions: (here, there) => `${here} só aqui · ${there} só lá`,
    cart: (name) => `Carrinho “${name}”`,
    kinds: {
      order: 'Um pedido',
      product: 'Um produto do catálogo',
      devices: 'A lista das máquinas da conta',
    },
    other: (sortKey) => `Registro ${sortKey}`,
    away: {
      refused: 'Ela está ligada, mas o Carrossel não está aberto lá.',
      silent: 'Ela não responde.',
      noRoute: 'Ela está em outra rede, ou esta máquina está sem rede.',
      goodbye: 'O Carrossel foi fechado lá.',
      notMember: 'Ela não conhece esta máquina como parte do anel.',
      tooOld: 'O Carrossel dela e o desta máquina são de versões distantes demais.',
      shutOut: 'Ela enviou o que nenhuma máquina em ordem envia, e fica de fora por um tempo.',
      noAddress: 'Ninguém disse ainda onde ela está.',
      other: 'Ela não pode ser alcançada.',
    },
    advice: {
      refused: 'Abra o Carrossel lá. Se já está aberto, um firewall de lá recusa esta máquina.',
      silent:
        'Acorde-a. Se está acordada, veja se as duas estão na mesma rede e se um firewall de lá deixa o Carrossel passar.',
      noRoute: 'Ponha as duas na mesma rede (o mesmo Wi-Fi, não uma rede de visitantes).',
      goodbye: 'Nada a fazer: ela recebe o que falta quando for aberta de novo.',
      notMember: 'Se ela foi removida ou refeita, convide-a de novo.',
      tooOld: 'Atualize a mais antiga das duas.',
      shutOut: 'Atualize o Carrossel lá. Uma nova tentativa é feita sozinha.',
      noAddress: 'Abra o Carrossel lá uma vez, com as duas na mesma rede.',
      other: 'Veja se ela está ligada e na mesma rede. Uma nova tentativa é feita sozinha.',
    },
  },
  phraseHelp: {
    title: 'As 12 palavras',
    text: 'As 12 palavras de uma conta não estão em disco nenhum, nem aqui nem em outro lugar: foram mostradas uma vez, para você anotar. Por isso não podem ser mostradas de novo.',
    check: 'Conferir meu papel',
    checkText:
      'Digite as palavras como estão no seu papel. Elas são comparadas e depois esquecidas.',
    compare: 'Comparar',
    right: (account) => `Certo: são as palavras de “${account}”.`,
    other: 'São 12 palavras de uma conta, mas de nenhuma em que esta máquina esteja.',
    lost: 'Eu as perdi',
    lostFirst: 'Suas máquinas continuam na conta: nada se perde enquanto uma delas funcionar.',
    lostThen: 'Inclua aqui uma conta nova e anote as palavras dela.',
    lostLast: 'Compartilhe seus carrinhos com a conta nova por link e passe a usá-la.',
    ring: 'As 12 palavras do anel só são precisas se todas as máquinas de administração sumirem.',
  },
  drawing: {
    title: 'Onde fica guardado',
    chooseCart: 'Mostrar onde este carrinho fica guardado',
    about: (name, here, of) =>
      `O anel com suas máquinas. ${name} fica em ${of} delas; ${here} dessas estão conectadas agora.`,
    everything: 'Tudo o que é seu',
    keeper: (name) => `guarda “${name}”`,
    notKeeper: 'guarda outros carrinhos',
    none: 'não guarda nada para as outras',
    choose: 'Aponte para uma máquina, ou percorra-as com as setas.',
    marks: {
      keeps: 'Guarda este',
      away: 'Guarda este, ausente agora',
      others: 'Guarda outros carrinhos',
      moves: 'Mudando de lugar',
    },
    part: (name, share) => `${name}: ${share} do anel`,
  },
};
