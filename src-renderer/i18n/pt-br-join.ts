import type { enJoin } from './en-join.ts';

/** Português de quem chega: códigos QR e anéis por perto. */
export const ptBRJoin: typeof enJoin = {
  scan: {
    open: 'Ler um código QR',
    title: 'Ler um código QR',
    text: 'Segure o código que a outra máquina mostra diante da câmera, ou escolha uma foto dele.',
    picture: 'O que a câmera vê',
    starting: 'Ligando a câmera…',
    hold: 'Procurando um código…',
    noCamera: 'Não há câmera que se possa usar aqui. Uma foto do código também serve.',
    file: 'Escolher uma foto',
    noCode: 'Não há código QR legível nesta foto.',
    otherCode: 'Esse código QR traz outra coisa. Mostre o que o Carrossel fez.',
  },
  nearby: {
    title: 'Um anel por perto',
    text: 'Quem o administra está na mesma rede e abre “Por perto”.',
    looking: 'Procurando nesta rede… Na máquina de quem administra, abra Máquinas › Por perto.',
    choose: 'Estes anéis aceitam pedidos:',
    unnamed: 'Um anel sem nome',
    ask: 'Pedir para entrar',
    digits: (spoken: string): string => `Os números ${spoken}`,
    compare: (ring: string): string =>
      `O pedido foi para ${ring}. Olhe a tela de quem administra: ela tem de mostrar exatamente estes números.`,
    same: 'Os mesmos números',
    differ: 'Outros números',
    waiting: 'Esperando que deixem esta máquina entrar…',
    open: 'Por perto',
    doorTitle: 'Quem está por perto?',
    doorText:
      'Enquanto isto está aberto, máquinas desta rede podem pedir para entrar. Na outra máquina escolha “Um anel por perto”.',
    nobody: 'Ninguém pediu ainda…',
    asks: (name: string): string => `${name} pede para entrar`,
    check: 'Só deixe entrar se a tela dela mostrar exatamente estes números.',
    admit: 'Números iguais: deixar entrar',
    refuse: 'Não',
    comes: 'Pode entrar…',
    isIn: (name: string): string => `${name} está no anel`,
    full: 'Muitas máquinas pediram. Feche e abra de novo para ouvir mais.',
    closed: 'Ficou aberto o bastante. Feche e abra de novo se alguém ainda vem.',
  },
};
