const rules = new Intl.PluralRules('pt-BR');

/** `1 linha`, `1.200 linhas`; zero é singular em português do Brasil. */
export function conta(n: number, um: string, outros: string): string {
  const forma = rules.select(n) === 'one' ? um : outros;
  return `${new Intl.NumberFormat('pt-BR').format(n)} ${forma}`;
}
