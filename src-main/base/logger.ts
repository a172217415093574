/** Structured log lines. Never a key, a phrase, a token or a cart's text goes in (invariant 9). */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines carry this scope, dotted after its own. */
  scope(name: string): Logger;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly scope: string;
  readonly message: string;
  readonly fields: LogFields;
}

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A logger that hands every line of `level` or above to `write`. */
export function createLogger(init: { level: LogLevel; write(line: LogLine): void }): Logger {
  const make = (scope: string): Logger => {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}): void => {
        if (RANK[level] >= RANK[init.level]) init.write({ level, scope, message, fields });
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      scope: (name) => make(scope === '' ? name : `${scope}.${name}`),
    };
  };
  return make('');
}

export function createSilentLogger(): Logger {
  return createLogger({ level: 'error', write: () => undefined });
}
