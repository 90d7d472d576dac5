import { crc32, deflateSync, inflateSync } from 'node:zlib';
import type { Bitmap } from './raster.ts';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Eight bits, RGBA, no filter: small images need no more. */
export function encodePng({ size, rgba }: Bitmap): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let row = 0; row < size; row++) {
    rows.set(rgba.subarray(row * size * 4, (row + 1) * size * 4), row * (size * 4 + 1) + 1);
  }
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Reads back what `encodePng` wrote, so that a test can compare pixels rather than bytes of zlib. */
export function decodePng(file: Buffer): Bitmap {
  if (!file.subarray(0, 8).equals(signature)) throw new Error('not a PNG');
  const size = file.readUInt32BE(16);
  const data: Buffer[] = [];
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 8 + length);
    if (crc32(body) !== file.readUInt32BE(at + 8 + length)) throw new Error('a chunk is damaged');
    if (body.toString('latin1', 0, 4) === 'IDAT') data.push(body.subarray(4));
    at += 12 + length;
  }
  const rows = inflateSync(Buffer.concat(data));
  const rgba = new Uint8Array(size * size * 4);
  for (let row = 0; row < size; row++) {
    const start = row * (size * 4 + 1);
    if (rows[start] !== 0) throw new Error('a filter this reader does not know');
    rgba.set(rows.subarray(start + 1, start + 1 + size * 4), row * size * 4);
  }
  return { size, rgba };
}

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}
