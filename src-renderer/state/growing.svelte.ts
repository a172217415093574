/** How much of a long list is shown yet: the first screen at once, the rest frame by frame. */
export interface Growing {
  readonly shown: number;
}

/** Lower than any line: with so many of them a screen is full. */
const LEAST_LINE_PX = 56;
const AT_ONCE = 40;

/** To be made in a component: it grows while that one is there. */
export function createGrowing(total: () => number): Growing {
  let shown = $state(Math.ceil(window.innerHeight / LEAST_LINE_PX));
  $effect(() => {
    if (shown >= total()) return;
    // Two frames: what one asks for while it is made is still made with it, and what is there
    // already has to be seen first.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        shown += AT_ONCE;
      });
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
