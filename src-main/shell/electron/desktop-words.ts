/** The words of menus, tray, notifications and dialogs; the page has its own dictionaries. */
const en = {
  open: 'Open Carrossel',
  quit: 'Quit Carrossel',
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  carts: 'Carts',
  orders: 'Orders',
  machines: 'Machines',
  activity: 'Activity',
  settings: 'Settings…',
  keepRunning: 'Keep running when the window is closed',
  startAtLogin: 'Start when I log in',
  starting: 'Starting…',
  restarting: 'The peer stopped and is being started again…',
  stopped: 'The peer does not run',
  noRing: 'In no ring yet',
  alone: (ring: string): string => `${ring}: only this machine`,
  connected: (ring: string, connected: number, members: number): string =>
    `${ring}: ${connected} of ${members} machines connected`,
  ring: 'Ring',
  conflicts: (n: number): string => `${n === 1 ? '1 cart needs' : `${n} carts need`} a choice`,
  pending: (n: number): string => `${n === 1 ? '1 change is' : `${n} changes are`} on their way`,
  conflictTitle: 'A cart was written apart',
  conflictText: (cart: string): string => `Choose what stays in “${cart}”.`,
  newcomerTitle: 'A machine asks to join',
  newcomerText: (name: string): string => `“${name}” waits. Compare the six digits.`,
  keptTitle: 'Carrossel goes on in the background',
  keptText: 'So your carts stay in step with the other machines. Quit it from its tray icon.',
  cannotStart: 'Carrossel cannot start',
  crashedTitle: 'The peer keeps stopping',
  crashedText:
    'Your carts are safe on disk. Try once more; if it goes on, “carrossel doctor” or the log says why.',
  tryAgain: 'Try again',
};

export type DesktopWords = typeof en;

const ptBR: DesktopWords = {
  open: 'Abrir o Carrossel',
  quit: 'Sair do Carrossel',
  file: 'Arquivo',
  edit: 'Editar',
  view: 'Exibir',
  window: 'Janela',
  carts: 'Carrinhos',
  orders: 'Pedidos',
  machines: 'Máquinas',
  activity: 'Atividade',
  settings: 'Ajustes…',
  keepRunning: 'Continuar funcionando com a janela fechada',
  startAtLogin: 'Abrir quando eu entrar no sistema',
  starting: 'Iniciando…',
  restarting: 'O par parou e está sendo iniciado de novo…',
  stopped: 'O par não está funcionando',
  noRing: 'Ainda em nenhum anel',
  alone: (ring) => `${ring}: só esta máquina`,
  connected: (ring, connected, members) => `${ring}: ${connected} de ${members} máquinas ligadas`,
  ring: 'Anel',
  conflicts: (n) => `${n === 1 ? '1 carrinho pede' : `${n} carrinhos pedem`} uma escolha`,
  pending: (n) => `${n === 1 ? '1 mudança está' : `${n} mudanças estão`} a caminho`,
  conflictTitle: 'Um carrinho foi escrito em separado',
  conflictText: (cart) => `Escolha o que fica em “${cart}”.`,
  newcomerTitle: 'Uma máquina pede para entrar',
  newcomerText: (name) => `“${name}” espera. Compare os seis números.`,
  keptTitle: 'O Carrossel continua em segundo plano',
  keptText:
    'Assim seus carrinhos ficam em dia com as outras máquinas. Para sair, use o ícone da bandeja.',
  cannotStart: 'O Carrossel não consegue iniciar',
  crashedTitle: 'O par para a toda hora',
  crashedText:
    'Seus carrinhos estão a salvo no disco. Tente mais uma vez; se continuar, “carrossel doctor” ou o registro diz por quê.',
  tryAgain: 'Tentar de novo',
};

/** @param languages the system's, best first */
export function desktopWords(languages: readonly string[]): DesktopWords {
  const first = languages.find((language) => /^(en|pt)\b/i.test(language));
  return first?.toLowerCase().startsWith('pt') === true ? ptBR : en;
}
