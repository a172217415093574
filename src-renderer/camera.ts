/** The camera while a QR code is scanned, and not a moment longer. */
import { pause, type Clock } from './clock.ts';
import { readPicture } from './qr-reader.ts';

/** Between two looks: a hand that holds a phone is no faster. */
const LOOK_MS = 120;

export interface Scan {
  readonly video: HTMLVideoElement;
  readonly clock: Clock;
  /** Asks the window for the camera; the answer gives it back. */
  allow(): Promise<() => void>;
  /** Every text that is seen; true ends the scan. */
  seen(text: string): boolean;
}

/**
 * Shows the camera in `video` and looks for codes until one is accepted or `signal` aborts; the
 * camera is off when this resolves. Rejects when there is no camera, or it may not be used.
 */
export async function scan(
  { video, clock, allow, seen }: Scan,
  signal: AbortSignal,
): Promise<void> {
  const giveBack = await allow();
  let stream: MediaStream | undefined;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 } },
      audio: false,
    });
    if (signal.aborted) return;
    video.srcObject = stream;
    await video.play();
    for (;;) {
      const { videoWidth: width, videoHeight: height } = video;
      const text = readPicture({ image: video, width, height });
      if (text !== undefined && seen(text)) return;
      await pause(clock, LOOK_MS, signal);
      if (signal.aborted) return;
    }
  } catch (error) {
    // To leave while the camera starts is no failure.
    if (!signal.aborted) throw error;
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    giveBack();
  }
}
