/** How much of a long list is shown yet: the first screen at once, the rest frame by frame. */
export interface Growing {
  readonly shown: number;
}

const FIRST = 40;
const EACH_FRAME = 40;

/** To be made in a component: it grows while that one is there. */
export function createGrowing(total: () => number): Growing {
  let shown = $state(FIRST);
  $effect(() => {
    if (shown >= total()) return;
    const frame = requestAnimationFrame(() => {
      shown += EACH_FRAME;
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  });
  return {
    get shown() {
      return shown;
    },
  };
}
