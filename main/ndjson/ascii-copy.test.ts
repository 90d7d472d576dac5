import { describe, expect, it } from 'vitest';
import { copyAscii, shortestCopy } from './ascii-copy.ts';

describe('the copy of ASCII text', () => {
  it('is exact at every length and offset, with every character, and touches nothing else', () => {
    const source = Buffer.from(new ArrayBuffer(256)).map((_, i) => (i * 7) % 128) as Buffer;
    const from = new DataView(source.buffer);
    for (let length = shortestCopy; length <= 130; length++) {
      for (let start = 0; start < 16; start++) {
        const at = (start * 5) % 13;
        const target = Buffer.from(new ArrayBuffer(256)).fill(0xff);
        const end = copyAscii(new DataView(target.buffer), at, from, start, start + length);
        expect(end).toBe(at + length);
        expect(target.subarray(at, end).equals(source.subarray(start, start + length))).toBe(true);
        expect(target.subarray(0, at).every((byte) => byte === 0xff)).toBe(true);
        expect(target.subarray(end).every((byte) => byte === 0xff)).toBe(true);
      }
    }
  });
});
