import { SvelteMap } from 'svelte/reactivity';
import type { Cancel, Clock } from '../clock.ts';

export interface ToastAction {
  readonly label: string;
  /** Whether there is still something for it to do. @default always */
  offered?(): boolean;
  run(): void;
}
export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'error';
  readonly text: string;
  readonly action: ToastAction | undefined;
}

/** Short messages that leave by themselves, except while the person is at them. */
export interface Toasts {
  readonly all: readonly Toast[];
  info(text: string, action?: ToastAction): void;
  error(text: string): void;
  dismiss(id: number): void;
  /** Pointer or focus on the messages: they stay. */
  hold(): void;
  release(): void;
}

const SHORT_MS = 5000;
/** With something to press, or something that went wrong: time to read and reach it. */
const LONG_MS = 12_000;
const MOST = 4;

export function createToasts(clock: Clock): Toasts {
  let all = $state.raw<readonly Toast[]>([]);
  let count = 0;
  const timers = new SvelteMap<number, Cancel>();
  const dismiss = (id: number): void => {
    timers.get(id)?.();
    timers.delete(id);
    all = all.filter((toast) => toast.id !== id);
  };
  const arm = ({ id, action, tone }: Toast): void => {
    const time = action === undefined && tone === 'info' ? SHORT_MS : LONG_MS;
    timers.get(id)?.();
    timers.set(
      id,
      clock.schedule(time, () => {
        dismiss(id);
      }),
    );
  };
  const show = (tone: Toast['tone'], text: string, action: ToastAction | undefined): void => {
    count += 1;
    const toast: Toast = { id: count, tone, text, action };
    for (const old of all.slice(0, Math.max(0, all.length - MOST + 1))) dismiss(old.id);
    all = [...all.filter((old) => old.text !== text || old.action !== undefined), toast];
    arm(toast);
  };
  return {
    get all() {
      return all;
    },
    info: (text, action) => {
      show('info', text, action);
    },
    error: (text) => {
      show('error', text, undefined);
    },
    dismiss,
    hold() {
      for (const cancel of timers.values()) cancel();
    },
    release() {
      for (const toast of all) arm(toast);
    },
  };
}
