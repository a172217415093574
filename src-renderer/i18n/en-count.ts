/** `1 line`, `1,200 lines`. */
export function count(n: number, one: string, other: string): string {
  return `${new Intl.NumberFormat('en').format(n)} ${n === 1 ? one : other}`;
}
