import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

/** What the desktop app remembers of itself between two runs, apart from the peer's data. */
const DesktopState = z.object({
  /** Where the window was; absent before the first time. */
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }).optional(),
  maximized: z.boolean().default(false),
  /** The peer goes on when the window is closed, with an icon in the tray. */
  keepRunning: z.boolean().default(true),
  /** The person was told once that it goes on. */
  toldKeepRunning: z.boolean().default(false),
});
export type DesktopState = z.infer<typeof DesktopState>;

export interface DesktopStateFile {
  readonly current: DesktopState;
  set(changes: Partial<DesktopState>): void;
}

/** Reads and writes `path`; a file that makes no sense, or cannot be written, is as if not there. */
export function openDesktopState(
  path: string,
  onError: (error: unknown) => void,
): DesktopStateFile {
  let current = read(path);
  return {
    get current() {
      return current;
    },
    set(changes) {
      current = { ...current, ...changes };
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeFileSync(`${path}.new`, JSON.stringify(current), { mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch (error) {
        onError(error);
      }
    },
  };
}

function read(path: string): DesktopState {
  try {
    return DesktopState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return DesktopState.parse({});
  }
}
