import fc from 'fast-check';
import { expect, test } from 'vitest';
import { restMs, SlabSpace } from './slab-space.ts';

test('a slab that rests is not given to anybody for a minute, and then it is', () => {
  const space = new SlabSpace(0, 128);
  expect(space.take(128, 0)).toBe(0);
  space.rest(0, 128, 1000);
  expect(space.take(64, 1000 + restMs - 1)).toBeUndefined();
  expect(space.take(64, 1000 + restMs)).toBe(0);
});

test('neighbours that were given back become one piece again', () => {
  const space = new SlabSpace(64, 64 + 192);
  const places = [space.take(64, 0), space.take(64, 0), space.take(64, 0)] as number[];
  for (const at of [places[1], places[0], places[2]]) space.rest(at as number, 64, 0);
  expect(space.take(192, restMs)).toBe(64);
});

test('no two slabs ever share a byte, whatever is taken and given back', () => {
  const steps = fc.array(
    fc.record({ take: fc.boolean(), blocks: fc.integer({ min: 1, max: 8 }), pick: fc.nat() }),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      const space = new SlabSpace(0, 64 * 32);
      const held: { at: number; bytes: number }[] = [];
      let now = 0;
      for (const { take, blocks, pick } of sequence) {
        now += restMs;
        const bytes = blocks * 64;
        const at = take ? space.take(bytes, now) : undefined;
        if (at !== undefined) {
          for (const other of held)
            expect(at + bytes <= other.at || other.at + other.bytes <= at).toBe(true);
          expect(at + bytes).toBeLessThanOrEqual(64 * 32);
          held.push({ at, bytes });
        } else if (!take && held.length > 0) {
          const [gone] = held.splice(pick % held.length, 1);
          if (gone) space.rest(gone.at, gone.bytes, now);
        }
      }
    }),
  );
});
