import { crc32, deflateSync } from 'node:zlib';
import type { SeededRandom } from '../random.ts';

/**
 * Writes pictures in PNG (ISO/IEC 15948): one IHDR, one IDAT, one IEND; 8-bit RGB, no interlace, the
 * "sub" filter left at "none". Enough for product photographs that every viewer opens.
 */
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, body: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const framed = Buffer.alloc(4 + typed.length + 4);
  framed.writeUInt32BE(body.length, 0);
  typed.copy(framed, 4);
  framed.writeUInt32BE(crc32(typed), 4 + typed.length);
  return framed;
}

/** @param pixels rows of RGB triplets, top to bottom, without filter bytes */
export function encodePng(width: number, height: number, pixels: Buffer): Buffer {
  if (pixels.length !== width * height * 3) throw new RangeError('a picture needs three bytes a pixel');
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits a sample
  header[9] = 2; // colour type RGB
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    pixels.copy(rows, y * (1 + width * 3) + 1, y * width * 3, (y + 1) * width * 3);
  }
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A picture of a product: a soft gradient in two colours under grain, as a photograph has. */
export function drawPhotograph(random: SeededRandom, side: number): Buffer {
  const from = [random.below(256), random.below(256), random.below(256)] as const;
  const to = [random.below(256), random.below(256), random.below(256)] as const;
  const pixels = Buffer.alloc(side * side * 3);
  let at = 0;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const mix = (x + y) / (2 * side);
      const grain = random.bits();
      for (let channel = 0; channel < 3; channel++) {
        const base = (from[channel] as number) * (1 - mix) + (to[channel] as number) * mix;
        pixels[at++] = Math.min(255, base + ((grain >>> (channel * 4)) & 0xf));
      }
    }
  }
  return encodePng(side, side, pixels);
}
