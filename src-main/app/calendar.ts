/** The days of wall times, for people to look at; they decide nothing (invariant 7). */
import { AppError } from '../base/app-error.ts';

/**
 * Makes "2026-11-27" of a wall time.
 * @param timeZone IANA name. @throws BAD_REQUEST for a zone that there is not.
 */
export function daysIn(timeZone: string): (wallMs: number) => string {
  const format = formatIn(timeZone);
  return (wallMs) => {
    const parts = format.formatToParts(new Date(wallMs));
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  };
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  try {
    const digits = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    return new Intl.DateTimeFormat('en-CA', { timeZone, ...digits });
  } catch (cause) {
    throw new AppError('BAD_REQUEST', 'There is no such time zone.', { cause });
  }
}
