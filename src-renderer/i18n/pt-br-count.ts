/**
 * `1 linha`, `1.200 linhas`, `0 linhas`: as Brazilians write it, though `Intl.PluralRules` counts
 * zero as one in Portuguese.
 */
export function conta(n: number, um: string, outros: string): string {
  return `${new Intl.NumberFormat('pt-BR').format(n)} ${n === 1 ? um : outros}`;
}
