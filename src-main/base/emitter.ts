/** Typed events, delivered synchronously in the order of subscription. */
export type Unsubscribe = () => void;

export interface Events<E> {
  on<K extends keyof E>(name: K, listener: (event: E[K]) => void): Unsubscribe;
}

export interface Emitter<E> extends Events<E> {
  emit<K extends keyof E>(name: K, event: E[K]): void;
}

/**
 * @param onError takes what a listener throws, so that one listener cannot keep the event from the
 * next one, nor break the emitter's own work.
 */
export function createEmitter<E>(onError: (error: unknown) => void): Emitter<E> {
  const listeners = new Map<keyof E, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => {
        set.delete(listener);
      };
    },
    emit(name, event) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          (listener as (event: unknown) => void)(event);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
