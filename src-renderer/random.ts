/** Chance as an argument, for the window. Only this file asks the browser for it. */
export interface Random {
  /**
   * A whole number from 0 to `limit` - 1. `limit` is at most 2^16: the bias is below 1 in 65,536.
   */
  below(limit: number): number;
}

export function createBrowserRandom(): Random {
  return {
    below(limit) {
      const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
      return drawn % limit;
    },
  };
}
