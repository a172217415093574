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
};
