import type { Cancel, Clock } from '../../base/clock.ts';

/**
 * Whether the page may use the camera: from the moment it opens its QR scanner until it closes it,
 * two minutes at most, and only while the window is there.
 */
export interface CameraPermission {
  readonly allowed: boolean;
  scanning(on: boolean): void;
}

const SCAN_MS = 120_000;

export function createCameraPermission(clock: Clock): CameraPermission {
  let allowed = false;
  let cancel: Cancel = () => undefined;
  return {
    get allowed() {
      return allowed;
    },
    scanning(on) {
      cancel();
      allowed = on;
      if (!on) return;
      cancel = clock.schedule(SCAN_MS, () => {
        allowed = false;
      });
    },
  };
}
