/** Where the window opens: where it was, if that place is still on a screen. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const DEFAULT_SIZE = { width: 1100, height: 760 };
export const LEAST_SIZE = { width: 360, height: 480 };
/** So much of it must be in sight, or nobody could take hold of it. */
const IN_SIGHT = 80;

/** @param screens work areas; one that held the window may have been unplugged */
export function placeOf(
  saved: Rectangle | undefined,
  screens: readonly Rectangle[],
): Partial<Rectangle> {
  if (saved === undefined) return DEFAULT_SIZE;
  const screen = screens.find((one) => isInSight(saved, one));
  if (screen === undefined) return DEFAULT_SIZE;
  return {
    x: saved.x,
    y: saved.y,
    width: within(saved.width, LEAST_SIZE.width, screen.width),
    height: within(saved.height, LEAST_SIZE.height, screen.height),
  };
}

function isInSight(window: Rectangle, screen: Rectangle): boolean {
  const across = Math.min(window.x + window.width, screen.x + screen.width);
  return (
    across - Math.max(window.x, screen.x) >= IN_SIGHT &&
    // The title bar is what a window is moved by.
    window.y >= screen.y - 10 &&
    window.y <= screen.y + screen.height - IN_SIGHT
  );
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
