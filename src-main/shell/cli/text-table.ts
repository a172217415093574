/** Columns for a terminal; widths count what is seen (an emoji or an ideograph is two wide). */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = '',
): string {
  const used = columns.map((column, i) => {
    const cells = rows.map((row) => row[i] ?? '');
    return { ...column, width: Math.max(...[column.title, ...cells].map(shownWidth)) };
  });
  const line = (cells: readonly string[]): string => {
    const padded = used.map(({ width, align }, i) => {
      const cell = cells[i] ?? '';
      const space = ' '.repeat(width - shownWidth(cell));
      return align === 'right' ? space + cell : cell + space;
    });
    return (indent + padded.join('  ')).trimEnd();
  };
  const titles = used.some(({ title }) => title !== '') ? [line(used.map((c) => c.title))] : [];
  return [...titles, ...rows.map(line)].join('\n');
}

/** Cells a text takes in a terminal, well enough for tables. */
export function shownWidth(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width +=
      /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return width;
}

/** What a peer sent, without control characters: a title must not drive the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => (c === '\u200d' ? c : ' '));
}
