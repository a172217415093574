import type { enRing } from './en-ring.ts';
import { conta } from './pt-br-count.ts';

const maquinas = (n: number): string => (n === 1 ? 'uma máquina' : `${n} máquinas`);
const vezes = (n: string): string => `${n} vezes uma parte normal`;

/** Português do que acontece no anel: mudanças, planos, e como os carrinhos são guardados. */
export const ptBRRing: typeof enRing = {
  moves: {
    title: 'Mudando de lugar agora',
    text: 'Os carrinhos podem ser usados o tempo todo. Se uma máquina for desligada, continua depois.',
    join: (who) => `${who} entra no anel`,
    leave: (who) => `${who} sai do anel`,
    seat: (who) => `${who} muda sua parte`,
    refill: (who) => `${who} busca o que lhe falta`,
    takes: (to) => `${to} assume sua parte`,
    parts: (done, total) => `${done} de ${total} pedaços`,
    bytes: (parts, done, total) => `${parts}, ${done} de ${total}`,
    elsewhere: 'entre outras máquinas',
    waits: 'espera outra mudança terminar',
    done: 'está lá; vale quando tudo estiver',
  },
  plan: {
    title: 'O que mudaria de lugar',
    nothing: 'Nada muda de uma máquina para outra.',
    gets: (to, what) => `${to} recebe uma cópia de ${what}.`,
    takes: (to, what, from) => `${to} assume ${what} de ${from}.`,
    what: (accounts, size) =>
      accounts === 0 ? 'pedaços ainda vazios' : `${conta(accounts, 'conta', 'contas')} (${size})`,
    more: (n) => `E ${conta(n, 'mudança menor', 'mudanças menores')}.`,
    seen: 'Só entra na conta o que esta máquina também guarda.',
    share: 'Parte do anel que cada máquina guarda',
    shareOf: (name, before, after) =>
      before === after
        ? `${name}: ${after}, como agora`
        : `${name}: ${before} agora, depois ${after}`,
    same: (n) => `Tudo continua em ${maquinas(n)}.`,
    fewer: (before, after) =>
      `Tudo ficará em ${maquinas(after)} em vez de ${before}: menos máquinas podem quebrar juntas antes que algo se perca.`,
    grows: (before, after) => `Tudo ficará em ${after} máquinas em vez de ${before}.`,
    newcomer: 'A máquina nova',
    newcomerKeeps: (share, size) =>
      `Com uma parte normal ela guardará ${share} do anel: cerca de ${size} vão para ela.`,
    wait: 'Algo já está mudando de lugar. O próximo passo pode ser dado quando terminar.',
  },
  change: {
    leave: 'Sair do anel',
    leaveDo: 'Sair do anel agora',
    leaveText:
      'Esta máquina entrega às outras o que guarda para elas. Deixe-a ligada até terminar; aparece aqui.',
    leaveThen: 'Depois ela pode ser desligada. Pode voltar a qualquer hora, sem convite.',
    leaving: 'Está saindo. Deixe-a ligada até as outras terem tudo.',
    stay: 'Ficar, afinal',
    stays: 'Esta máquina fica',
    hasLeft: 'Saiu: as outras guardam tudo que ela guardava.',
    wasRetired: 'Foi aposentada: as outras guardam o que ela guardava.',
    comeBack: 'Voltar',
    comesBack: 'Esta máquina está voltando',
    retire: (name) => `Aposentar ${name}`,
    retireText: (name) =>
      `Para uma máquina que se foi. As outras fazem, a partir das suas, as cópias que ${name} guardava.`,
    retireThen: (name) =>
      `O que só ${name} tinha vai faltar. Ela pode voltar depois, sem convite, e começa vazia.`,
    retired: (name) => `${name} está aposentada; as outras assumem`,
    revokeThen:
      'As outras fazem as cópias que ela guardava. Para entrar de novo, precisaria de outra chave e de outro convite.',
    growing: (what) => `Muda para ${what} quando tudo tiver mudado de lugar`,
  },
  keeping: {
    open: 'Mudar como os carrinhos são guardados',
    title: 'Como os carrinhos são guardados',
    text: 'Um passo de cada vez. Veja o que o passo significa; nada acontece antes de você mandar.',
    automatic: 'Automático',
    automaticText:
      'Até cinco máquinas, cada uma guarda tudo. A partir de seis, cada carrinho fica em três delas.',
    fixed: 'Como eu disser',
    fixedText: 'Um número de cópias que não muda, por mais máquinas que haja.',
    copies: 'Cópias de cada carrinho',
    safe: 'Seguro quando está em',
    asks: 'A leitura pergunta a',
    value: maquinas,
    less: (what) => `${what}: menos uma`,
    more: (what) => `${what}: mais uma`,
    means: 'O que isso significa',
    few: (members) =>
      `Só há ${members} máquinas que guardam algo: por enquanto cada uma guarda tudo.`,
    loss: (n) =>
      n === 1
        ? 'Se a única máquina que guarda um carrinho quebrar, o carrinho se perde.'
        : `${n === 2 ? 'Uma máquina pode' : `${n - 1} máquinas podem`} quebrar de vez, e todos os carrinhos continuam lá.`,
    writes: (w) =>
      w === 1
        ? 'Uma mudança conta como segura numa só máquina. Se ela quebrar antes de as outras a terem, a mudança se perde.'
        : `Uma mudança conta como segura quando ${w} máquinas a têm: ${w === 2 ? 'qualquer uma pode' : `${w - 1} delas podem`} quebrar naquele instante.`,
    away: (w) =>
      w === 1
        ? 'Escrever sempre funciona, esteja quem estiver ausente.'
        : `Escrever sempre funciona. Enquanto menos de ${w} máquinas estão ligadas, a mudança espera nesta.`,
    readsOwn: 'A leitura vem do disco desta máquina: na hora, também sem rede.',
    readsSure: (r) =>
      `A leitura pergunta a ${maquinas(r)} e sempre encontra a última mudança segura.`,
    readsLoose: (r) =>
      `A leitura pergunta a ${maquinas(r)}: pouco para sempre encontrar a última mudança. Por um momento pode aparecer um estado anterior.`,
    change: 'Dar este passo',
    changed: 'O anel guarda os carrinhos assim a partir de agora',
  },
  seat: {
    title: 'Quanto de tudo esta máquina guarda',
    text: 'O anel distribui todos os carrinhos entre suas máquinas conforme a parte de cada uma. Os seus próprios ficam sempre aqui também.',
    shares: {
      none: 'Nada para as outras',
      half: 'Meia parte',
      normal: 'Uma parte normal',
      double: 'O dobro',
      four: 'Quatro vezes mais',
    },
    about: {
      none: 'Só usa o anel',
      half: 'Para um disco pequeno, ou uma máquina que pouco fica ligada',
      normal: 'Como a maioria das máquinas',
      double: 'Para uma máquina com espaço que fica bastante ligada',
      four: 'Para uma que fica ligada, com muito espaço',
    },
    set: vezes,
    setText: 'Como foi definido',
    zone: 'Onde ela fica',
    zoneHint: 'Um cômodo ou uma casa. As cópias de um carrinho ficam em lugares diferentes.',
    small:
      'Com até cinco máquinas cada uma guarda tudo, seja qual for sua parte. A parte conta a partir de seis máquinas.',
    change: 'Mudar',
    changed: 'Muda assim que tudo tiver mudado de lugar',
    changing: (what) => `Mudando para: ${what}. Vale quando tudo tiver mudado de lugar.`,
    at: (share, zone) => `${share}, ${zone}`,
    keep: 'Deixar como estava',
    kept: 'Fica como estava',
  },
};
