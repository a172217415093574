/**
 * For the build: the library's icons as what they are, pieces of markup that never change. The
 * library draws each anew, element by element and attribute by attribute, and that was four fifths
 * of what a line of the cart took; written out they are copied with the rest of a template.
 */
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

type Shape = readonly [tag: string, attributes: Readonly<Record<string, string>>];

const FRAME =
  'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" ' +
  'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

export function stillIcons(): Plugin {
  return {
    name: 'carrossel:still-icons',
    apply: 'build',
    load: {
      filter: { id: /@lucide\/svelte\/dist\/icons\/[a-z0-9-]+\.svelte$/ },
      handler: async (id) => stillIcon(await readFile(id, 'utf8')),
    },
  };
}

/** A component of the library, with its data written out as markup; takes `size` and no class. */
export function stillIcon(component: string): string {
  const data = /^const iconData = (\{.*\});$/m.exec(component)?.[1];
  if (data === undefined) throw new Error('The icon library keeps its data in another form now.');
  const { node } = JSON.parse(data) as { node: readonly Shape[] };
  const shapes = node.map(([tag, attributes]) => {
    const words = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
    return `<${tag}${words.join('')} />`;
  });
  return [
    '<script>const { size = 24 } = $props();</script>',
    `<svg ${FRAME} width={size} height={size} aria-hidden="true">${shapes.join('')}</svg>`,
  ].join('\n');
}
