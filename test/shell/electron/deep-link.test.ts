import { expect, it } from 'vitest';
import {
  deepLinkOf,
  findDeepLink,
  pageAddress,
} from '../../../src-main/shell/electron/deep-link.ts';

it('takes links of ours and nothing that only looks like one', () => {
  expect(deepLinkOf('carrossel://join/AbC-_9')).toBe('carrossel://join/AbC-_9');
  const wrong = [
    undefined,
    '',
    'carrossel://join/',
    'carrossel://other/abc',
    'carrossel://join/a b',
    'carrossel://join/abc#x',
    'carrossel://join/../../etc',
    'https://join/abc',
    `carrossel://join/${'a'.repeat(4001)}`,
    ' carrossel://join/abc',
  ];
  for (const text of wrong) expect(deepLinkOf(text)).toBeUndefined();
  expect(findDeepLink(['/opt/app', '--data', 'x', 'carrossel://share/abc'])).toBe(
    'carrossel://share/abc',
  );
});

it('hands the link to the page in the fragment', () => {
  expect(pageAddress('app://carrossel', undefined)).toBe('app://carrossel/index.html');
  expect(pageAddress('app://carrossel', 'carrossel://join/a')).toBe(
    'app://carrossel/index.html#link=carrossel%3A%2F%2Fjoin%2Fa',
  );
});
