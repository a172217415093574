import type { Clock } from '../base/clock.ts';
import { createLogger, type Logger, type LogLevel, type LogLine } from '../base/logger.ts';

/** Log lines for a terminal or a service manager, one line each: `14:02:01 info peer  started`. */
export function createLineLogger(
  init: { level: LogLevel; json: boolean; write(line: string): void },
  clock: Clock,
): Logger {
  return createLogger({
    level: init.level,
    write: (line) => {
      const time = new Date(clock.wallMs()).toISOString();
      init.write(init.json ? asJson(time, line) : asText(time, line));
    },
  });
}

function asJson(time: string, { level, scope, message, fields }: LogLine): string {
  return JSON.stringify({ time, level, scope, message, ...fields });
}

function asText(time: string, { level, scope, message, fields }: LogLine): string {
  const extra = Object.entries(fields).map(([key, value]) => ` ${key}=${plain(value)}`);
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${scope}: ${message}${extra.join('')}`;
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return text.replace(/\s*\n\s*/g, ' | ');
}

/** The level of $CARROSSEL_LOG, or the default for a value that is none. */
export function logLevelOf(text: string | undefined, otherwise: LogLevel): LogLevel {
  const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
  return levels.find((level) => level === text) ?? otherwise;
}
