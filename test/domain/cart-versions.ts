import { stampLines, type Draft } from '../../src-main/domain/cart-edit.ts';
import type { Cart, CartLine, CartSibling, LineContent } from '../../src-main/domain/cart.ts';
import type { ActorId, Hash } from '../../src-main/domain/ids.ts';
import { contextForWrite } from '../../src-main/domain/write-context.ts';

/** A content with only what a test is about. */
export function milk(quantity: number, title = 'Milk'): LineContent {
  return { product: { title }, quantity, note: '' };
}

/** One device that writes versions of one cart, as the app does. */
export interface TestDevice {
  readonly actor: ActorId;
  write(replaced: readonly CartSibling[], draft: Draft): CartSibling & { cart: Cart };
  delete(replaced: readonly CartSibling[]): CartSibling;
}

export function createTestDevice(name: string): TestDevice {
  const actor = name.repeat(32).slice(0, 32) as ActorId;
  let last = 0;
  const next = (replaced: readonly CartSibling[]) => {
    const counter = last + 2;
    const context = contextForWrite({ actor, counter, lastOwn: last, replaced });
    last = counter;
    return { dot: { actor, counter }, context, hash: `${name}${counter}`.padEnd(64, '0') as Hash };
  };
  return {
    actor,
    write(replaced, draft) {
      const version = next(replaced);
      const { dot } = version;
      return { ...version, cart: stampLines({ draft, replaced, dot, wallMs: dot.counter }) };
    },
    delete: (replaced) => ({ ...next(replaced), cart: undefined }),
  };
}

export function draft(...lines: Draft['lines']): Draft {
  return { name: 'Home', lines };
}

export function lineAt(version: { readonly cart: Cart }, index: number): CartLine {
  const line = version.cart.lines[index];
  if (line === undefined) throw new RangeError(`no line ${index}`);
  return line;
}
