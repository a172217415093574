/** The app's own options among those that Electron and Chromium take from the same command line. */
export interface LaunchOptions {
  readonly data?: string;
  readonly name?: string;
  readonly listen?: readonly string[];
  readonly mdns?: boolean;
  /** Without a window: started with the system's session. */
  readonly hidden?: boolean;
}

const TAKES_VALUE = ['data', 'name', 'listen'] as const;

/** `--data DIR`, `--data=DIR`, `--name`, `--listen` (more than once), `--no-mdns`. */
export function parseLaunchOptions(words: readonly string[]): LaunchOptions {
  const found = { data: [] as string[], name: [] as string[], listen: [] as string[] };
  for (const [i, word] of words.entries()) {
    for (const option of TAKES_VALUE) {
      const next = words[i + 1];
      if (word.startsWith(`--${option}=`)) found[option].push(word.slice(option.length + 3));
      else if (word === `--${option}` && next !== undefined) found[option].push(next);
    }
  }
  const data = found.data.at(-1);
  const name = found.name.at(-1);
  return {
    ...(data === undefined ? {} : { data }),
    ...(name === undefined ? {} : { name }),
    ...(found.listen.length === 0 ? {} : { listen: found.listen }),
    ...(words.includes('--no-mdns') ? { mdns: false } : {}),
    ...(words.includes('--hidden') ? { hidden: true } : {}),
  };
}
