import type { Messages } from './en.ts';
import { ptBRCart } from './pt-br-cart.ts';
import { ptBRActivity } from './pt-br-activity.ts';
import { conta } from './pt-br-count.ts';
import { ptBRErrors } from './pt-br-errors.ts';
import { ptBRJoin } from './pt-br-join.ts';
import { ptBRData } from './pt-br-data.ts';
import { ptBROrders } from './pt-br-orders.ts';
import { ptBRInStep } from './pt-br-in-step.ts';
import { ptBRLookUp } from './pt-br-look-up.ts';
import { ptBRRing } from './pt-br-ring.ts';

/** Português do Brasil. */
export const ptBR: Messages = {
  language: 'Português (Brasil)',
  app: {
    name: 'Carrossel',
    skip: 'Pular para o conteúdo',
    close: 'Fechar',
    cancel: 'Cancelar',
    save: 'Salvar',
    more: 'Mais',
    retry: 'Tentar de novo',
    loading: 'Carregando…',
    chooseFile: 'Escolher um arquivo',
    copy: 'Copiar',
    copied: 'Copiado',
    copyFailed: 'Não deu para copiar. Selecione o texto e copie.',
    failed: 'Não deu certo',
    messages: 'Mensagens',
    thisMachine: 'esta máquina',
    justNow: 'agora mesmo',
    optional: 'opcional',
  },
  nav: {
    label: 'Principal',
    cart: 'Carrinhos',
    orders: 'Pedidos',
    peers: 'Máquinas',
    activity: 'Atividade',
    settings: 'Ajustes',
  },
  link: {
    lost: 'O Carrossel desta máquina não responde. Tentando de novo…',
    refused: 'Esta página é de outra execução do Carrossel. Abra-a de novo pelo aplicativo.',
    ringLine: (connected, members) =>
      members === 1 ? 'Só esta máquina' : `${connected} de ${members} máquinas conectadas`,
  },
  notices: {
    label: 'Bom saber',
    dismiss: 'Esconder',
    steadyMissing:
      'Uma máquina que fica sempre ligada deixaria seu anel mais seguro: inclua uma quando puder.',
    peerIdInUse:
      'Outra máquina está usando a chave desta, talvez por uma pasta copiada. Dê a esta uma chave própria.',
    revoked:
      'Esta máquina foi retirada do anel, e as outras não respondem mais a ela. Se foi engano, faça aqui uma chave nova e entre de novo com um convite novo; o que foi escrito aqui fica guardado.',
    deviceRevoked: (accounts) =>
      `Esta máquina foi tirada de ${accounts}: nada mais pode ser escrito aqui. Se foi engano, entre de novo com a frase da conta (Ajustes).`,
    storeDamaged:
      'Parte do que esta máquina guarda não pode ser lida. Inicie o Carrossel de novo: ele se conserta, e o que faltar vem das outras máquinas.',
    storeRepaired: (date) =>
      `O armazenamento desta máquina tinha danos e foi consertado em ${date}. Em Ajustes, a verificação desta máquina diz o que voltou.`,
    silentMember: (name, days) =>
      `${name} não dá notícia há ${days} dias. Se não vai voltar, aposente-a, e as outras assumem o que ela guardava.`,
    epochRenewed: 'Estes dados foram copiados ou restaurados. Nada se perdeu; têm uma marca nova.',
    siblingsMany:
      'Algo foi escrito em separado muitas vezes. Escolha o que fica, para continuar rápido.',
    duplicateDot:
      'Duas cópias de uma máquina escreveram ao mesmo tempo. As duas ficaram; veja o que está em separado.',
    newSealingKey:
      'Duas máquinas foram tiradas da conta em separado: tire uma delas de novo para fechar às duas.',
    deviceUnknown: (accounts) =>
      `${accounts} não conhece esta máquina: o que estava aqui foi restaurado ou tinha danos. Se isto ficar com as suas outras máquinas ligadas, entre de novo com a frase da conta (Ajustes).`,
    sealingKeyMissing: (accounts) =>
      `${accounts} tem uma chave nova que esta máquina não recebeu: parte fica fechada aqui. Entre de novo com a frase da conta (Ajustes).`,
    other: (code) => `Aviso: ${code}`,
    newKey: 'Fazer uma chave nova',
    newKeyDone: 'Esta máquina tem uma chave nova. Convide-a de novo para o anel.',
  },
  firstRun: {
    welcome: 'Boas-vindas ao Carrossel',
    intro: 'Suas máquinas guardam juntas os seus carrinhos, sem servidor. Juntas elas são um anel.',
    startTitle: 'Começar um anel',
    startText: 'Esta é a primeira máquina. As outras entram com um link.',
    joinTitle: 'Entrar em um anel',
    joinText: 'Já existe outra máquina. Pegue um link nela.',
    ringName: 'Nome do anel',
    ringNameHint: 'Por exemplo “Casa” ou “Mercadinho”',
    start: 'Começar o anel',
    starting: 'Começando…',
    joinLink: 'Link do convite',
    joinHint: 'Começa com carrossel://join/',
    join: 'Entrar',
    joining: 'Entrando…',
    steps: 'Passos',
    stepRing: 'Anel',
    stepPhrase: 'Frase do anel',
    stepAccount: 'Conta',
    stepAccountPhrase: 'Frase da conta',
    accountTitle: 'De quem são estes carrinhos?',
    accountIntro:
      'Uma conta guarda seus carrinhos, trancados para que só as suas máquinas os leiam. Use a mesma conta em cada uma delas.',
    createTitle: 'Conta nova',
    createText: 'Para carrinhos seus. Cada carrinho pode ser compartilhado com outros por link.',
    logInTitle: 'Já tenho uma conta',
    logInText: 'Ela está em outra máquina. As 12 palavras, no seu papel, a abrem aqui também.',
    joined: (ring) => `Esta máquina está no anel “${ring}” agora.`,
  },
  phrase: {
    ringTitle: 'Anote a frase do anel',
    ringText:
      'Estas 12 palavras são a raiz do seu anel. Você só precisa delas se as máquinas que o administram se perderem. Elas aparecem só desta vez e não ficam guardadas.',
    accountTitle: 'Anote a frase da sua conta',
    accountText:
      'Com estas 12 palavras você entra nas suas outras máquinas. Elas aparecem só desta vez e não ficam guardadas: sem elas ninguém traz a conta de volta, nem nós.',
    words: 'As 12 palavras, em ordem',
    written: 'Já anotei',
    checkTitle: 'Vamos conferir',
    checkText: 'Digite as duas palavras do seu papel.',
    word: (n) => `Palavra ${n}`,
    check: 'Conferir',
    wrong: (n) => `A palavra ${n} não é igual à da lista.`,
    showAgain: 'Mostrar as palavras de novo',
  },
  account: {
    name: 'Nome da conta',
    nameHint: 'Só você vê',
    device: 'Nome desta máquina',
    deviceHint: 'Por exemplo “Notebook da Ana”. Seus aparelhos o veem junto das mudanças.',
    create: 'Criar a conta',
    phrase: 'As 12 palavras',
    phraseHint: 'Em ordem, com espaços entre elas',
    logIn: 'Entrar',
    working: 'Um instante…',
  },
  ...ptBRCart,
  ...ptBRJoin,
  orders: ptBROrders,
  data: ptBRData,
  activity: ptBRActivity,
  ...ptBRInStep,
  ...ptBRLookUp,
  peers: {
    title: 'Máquinas',
    intro: 'As máquinas do seu anel guardam juntas os carrinhos.',
    onlyAdmins: (names, n) =>
      `Máquinas novas são convidadas, e máquinas removidas, em ${names}: ${n === 1 ? 'é quem administra' : 'são quem administra'} este anel.`,
    ring: 'O anel',
    unnamed: 'Seu anel',
    copies: (n, members) =>
      members === 1
        ? 'Tudo está só nesta máquina. Convide outra, para que nada se perca com ela.'
        : n >= members
          ? `Cada uma das ${members} máquinas guarda tudo.`
          : `Cada carrinho fica em ${n} de ${members} máquinas.`,
    admin: 'Administra',
    own: 'Esta máquina',
    steady: 'Fica ligada',
    client: 'Não guarda nada para as outras',
    connected: 'Conectada',
    away: 'Ausente',
    states: {
      joining: 'Entrando',
      up: 'Membro',
      leaving: 'Saindo',
      left: 'Saiu',
      retired: 'Aposentada',
      revoked: 'Removida',
    },
    latency: 'Responde em',
    ms: (n) => `${n} ms`,
    address: 'Endereço',
    share: 'Parte do anel',
    storage: 'Guardado',
    storedLeast: (size) => `ao menos ${size}`,
    hints: (n) => `${conta(n, 'mudança espera', 'mudanças esperam')} aqui até ela voltar`,
    id: 'Identidade da máquina',
    invite: 'Convidar uma máquina',
    inviteTitle: 'Convidar uma máquina',
    inviteText:
      'Abra o Carrossel na outra máquina, escolha “Entrar em um anel” e use este link. Ele vale uma vez, e só enquanto esta máquina estiver ligada.',
    inviteAdmin: 'A nova máquina pode convidar e remover outras (administra)',
    inviteMake: 'Fazer um convite',
    inviteLink: 'Link do convite',
    open: 'Convites abertos',
    forAdmin: 'Para administrar',
    closeInvite: 'Fechar o convite',
    closed: 'Convite fechado',
    revoke: (name) => `Remover ${name} do anel`,
    revokeText: (name) =>
      `${name} perde o contato na hora e não guarda mais nada para o anel. Não é possível voltar atrás.`,
    revoked: (name) => `${name} saiu do anel`,
    noneElse: 'Ninguém mais ainda',
    noneElseText:
      'Convide suas outras máquinas: assim um carrinho está seguro mesmo se uma quebrar.',
  },
  settings: {
    title: 'Ajustes',
    look: 'Aparência e idioma',
    language: 'Idioma',
    languageAuto: 'Como no sistema',
    theme: 'Aparência',
    themes: { system: 'Como no sistema', light: 'Clara', dark: 'Escura' },
    currency: 'Moeda dos preços novos',
    apart: 'Carrinhos escritos em separado',
    suggested: 'Mostrar como está o que só um lado mudou',
    suggestedText:
      'Até você escolher, o carrinho mostra sem as linhas que um lado removeu e com as mudanças de um lado. Nada é salvo com isso, e “Pôr lado a lado” mostra tudo.',
    accounts: 'Contas nesta máquina',
    accountsText: 'Carrinhos novos vão para a conta em uso.',
    current: 'Em uso',
    use: 'Usar esta conta',
    shared: 'Carrinho compartilhado',
    addAccount: 'Incluir uma conta',
    devices: 'Aparelhos',
    devicesOf: (name) => `Aparelhos de ${name}`,
    addedAt: (when) => `incluído ${when}`,
    revokedDevice: 'Desconectado',
    revokeDevice: (name) => `Desconectar ${name}`,
    revokeText: (name) => `${name} não poderá mais ler nem escrever nada de novo desta conta.`,
    revokePhrase: 'As 12 palavras da conta',
    deviceRevoked: (name) => `${name} foi desconectado da conta`,
    machine: 'Esta máquina',
    version: 'Versão',
    stored: 'Guardado aqui',
    storedValue: (items, size) => `${items} itens, ${size}`,
    outbox: 'Mudanças a caminho',
    hintsKept: 'Guardado para máquinas ausentes',
    addresses: 'Endereços',
    keeps: 'Guarda para os outros',
    keepsValue: (capacity, share) => (capacity === 0 ? 'nada' : `${share} do anel`),
    diagnostics: 'Para relatar um erro',
    diagnosticsMake: 'Mostrar o diagnóstico',
    diagnosticsText:
      'Números e estados que ajudam a achar um defeito. Sem palavras, chaves, carrinhos, nomes nem endereços.',
    doctor: 'Exame de saúde',
    doctorRun: 'Examinar agora',
    doctorText: 'Olha disco, relógio, portas, alcance e armazenamento.',
    checks: {
      disk: 'Disco',
      clock: 'Relógio',
      ports: 'Portas',
      reachability: 'Alcance',
      store: 'Armazenamento',
      ring: 'Anel',
      accounts: 'Contas',
    },
    start: {
      title: 'Quando o Carrossel roda',
      atLogin: 'Abrir quando eu entrar no sistema',
      atLoginText: 'Sem janela, para que as outras máquinas encontrem esta.',
      notInstalled:
        'Abrir junto com o sistema pode ser escolhido quando o Carrossel estiver instalado.',
      keep: 'Continuar quando a janela for fechada',
      keepText:
        'Seus carrinhos continuam em dia com as outras máquinas. Para sair, use o ícone da bandeja.',
      inBrowser:
        'Esta página está em um navegador. Se o Carrossel abre sozinho, escolhe-se no aplicativo dele ou onde ele foi configurado para rodar nesta máquina.',
    },
    levels: { ok: 'Tudo bem', warn: 'Dê uma olhada', error: 'Precisa de cuidado' },
  },
  ring: ptBRRing,
  errors: ptBRErrors,
};
