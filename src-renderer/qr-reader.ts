/**
 * QR codes in pictures and in what a camera sees. Nothing leaves the page: the pixels are read here
 * and forgotten.
 */
import decodeQR from 'qr/decode.js';

/** Longest side that is searched; a phone's photo has several times as many pixels. */
const MAX_SIDE = 1600;
/** Larger files are no photos of a QR code. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** For the picture of a file, that is searched once; a camera shows the next one at once. */
const FILE_MS = 2000;

interface Source {
  readonly image: CanvasImageSource;
  readonly width: number;
  readonly height: number;
}

/** The text of the QR code on this picture, or undefined. */
export function readPicture(
  { image, width, height }: Source,
  timeLimit?: number,
): string | undefined {
  if (width === 0 || height === 0) return undefined;
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return undefined;
  // A code with a see-through ground is dark on light, too.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(pixels, timeLimit === undefined ? {} : { timeLimit, effort: 4 });
  } catch {
    return undefined; // The decoder throws where it finds none.
  }
}

/** The same for an image file; also undefined for what is no picture. */
export async function readFile(file: Blob): Promise<string | undefined> {
  if (file.size > MAX_FILE_BYTES) return undefined;
  let image: ImageBitmap;
  try {
    image = await createImageBitmap(file);
  } catch {
    return undefined;
  }
  const { width, height } = image;
  const text = readPicture({ image, width, height }, FILE_MS);
  image.close();
  return text;
}
