import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count } from '../../testing/counts.ts';
import { LineFramer } from './line-framer.ts';

const limit = 32;

/** What a framer says of a stream that arrives in pieces of these sizes. */
function frame(stream: Buffer, sizes: readonly number[]): string[] {
  const framer = new LineFramer(limit);
  const said: string[] = [];
  const drain = (): boolean => {
    for (;;) {
      const framed = framer.next();
      if (framed === 'nothing') return true;
      said.push(framed === 'line' ? line(framer) : framed);
      if (framed === 'flood') return false;
    }
  };
  let at = 0;
  for (let i = 0; at < stream.length; i++) {
    const size = sizes.length === 0 ? stream.length : (sizes[i % sizes.length] as number);
    framer.push(Buffer.from(stream.subarray(at, at + size)));
    at += size;
    if (!drain()) return said;
  }
  if (framer.finish() === 'line') said.push(line(framer));
  return said;
}

function line({ buffer, start, end }: LineFramer): string {
  return `line ${buffer.toString('latin1', start, end)}`;
}

const lengths = fc.array(fc.oneof(fc.nat(40), fc.constantFrom(30, 31, 32, 33, 400)), {
  maxLength: 20,
});
const pieces = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 10 });

describe('lines', () => {
  it('are the same however the stream is cut into pieces', () => {
    fc.assert(
      fc.property(lengths, fc.nat(31), pieces, (sizes, tail, cuts) => {
        const lines = sizes.map((length, i) => String.fromCharCode(97 + (i % 26)).repeat(length));
        const unended = tail === 0 ? [] : ['-'.repeat(tail)];
        const stream = Buffer.from([...lines, unended.join('')].join('\n'));
        expect(frame(stream, cuts)).toEqual(
          [...lines, ...unended].map((text) => (text.length < limit ? `line ${text}` : 'too-long')),
        );
      }),
      { numRuns: count(3000, 100_000) },
    );
  });

  it('that go on past sixteen times the limit are told once, then given up', () => {
    for (const cuts of [[1], [7], [1000]]) {
      expect(frame(Buffer.alloc(16 * limit + 1, 'x'), cuts)).toEqual(['too-long', 'flood']);
      expect(frame(Buffer.alloc(16 * limit, 'x'), cuts)).toEqual(['too-long']);
    }
  });

  it('keep their order when new pieces come before the old ones are looked at', () => {
    const framer = new LineFramer(limit);
    framer.push(Buffer.from('a\nb\nc'));
    framer.next();
    framer.push(Buffer.from('d\n'));
    const said: string[] = [];
    while (framer.next() === 'line') said.push(line(framer));
    expect(said).toEqual(['line b', 'line cd']);
  });
});
