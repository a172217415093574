import encodeQR from 'qr';
import { writeFileSync } from 'node:fs';

/** A film (YUV4MPEG2) of a QR code lying askew, as Chromium's fake camera plays it. */
export function writeFilm(path: string, text: string): void {
  const [width, height] = [640, 480];
  const modules = encodeQR(text, 'raw', { ecc: 'low', border: 4 });
  const size = modules.length;
  const scale = 400 / size;
  const [sin, cos] = [Math.sin(0.2), Math.cos(0.2)];
  const luma = Buffer.alloc(width * height, 200);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const column = Math.floor((dx * cos + dy * sin) / scale + size / 2);
      const row = Math.floor((dy * cos - dx * sin) / scale + size / 2);
      const dark = modules[row]?.[column];
      if (dark !== undefined) luma[y * width + x] = dark ? 30 : 230;
    }
  }
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420mpeg2\n`);
  writeFileSync(path, Buffer.concat([head, frame, frame, frame]));
}
