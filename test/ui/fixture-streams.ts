/** A stream with its end in our hands. */
export function createStreams<T>() {
  const sinks = new Set<(value: T | undefined) => void>();
  return {
    push(value: T): void {
      for (const sink of [...sinks]) sink(value);
    },
    async *open(
      signal: AbortSignal | undefined,
      first: T,
      wanted: (value: T) => boolean = () => true,
    ): AsyncGenerator<T> {
      const waiting: (T | undefined)[] = [first];
      let wake = Promise.withResolvers<void>();
      const sink = (value: T | undefined): void => {
        if (value !== undefined && !wanted(value)) return;
        waiting.push(value);
        wake.resolve();
      };
      sinks.add(sink);
      signal?.addEventListener('abort', () => {
        sink(undefined);
      });
      try {
        for (;;) {
          while (waiting.length > 0) {
            const value = waiting.shift();
            if (value === undefined) return;
            yield value;
          }
          await wake.promise;
          wake = Promise.withResolvers<void>();
        }
      } finally {
        sinks.delete(sink);
      }
    },
  };
}
