import type { ComponentLogger, Logger as Libp2pLogger } from '@libp2p/interface';
import type { Logger } from '../base/logger.ts';

/**
 * libp2p's own log, kept out of ours: it is chatty and formats for a terminal. Errors of the named
 * component are handed to `onError`.
 */
export function createLibp2pLogger(onError?: (text: string) => void): ComponentLogger {
  const silent = (): void => undefined;
  const make = (): Libp2pLogger =>
    Object.assign(silent.bind(undefined), {
      enabled: false,
      trace: silent,
      error(format: unknown, ...values: unknown[]) {
        onError?.([format, ...values].map(textOf).join(' '));
      },
      newScope: make,
    });
  return { forComponent: make };
}

/** Says a thing once, then is silent: for what a machine's network cannot do. */
export function onceLogger(logger: Logger, message: string): (text: string) => void {
  let said = false;
  return (text) => {
    if (said) return;
    said = true;
    logger.info(message, { reason: text.slice(0, 200) });
  };
}

function textOf(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}
