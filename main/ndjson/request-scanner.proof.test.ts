import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count } from '../../testing/counts.ts';
import { kinds, RequestScanner, textOf } from './request-scanner.ts';
import { expectedOf } from './testing/oracle.ts';

const scanner = new RequestScanner();
const anyType = new Set<string>();

/** Scans a line that stands in the middle of other bytes, as lines of a chunk do. */
function scan(line: Buffer, behind = '}"],:{"v":1}'): { valid: boolean; id: string; v: boolean } {
  const before = Buffer.from('"}');
  const chunk = Buffer.concat([before, line, Buffer.from(behind)]);
  const valid = scanner.scan(chunk, before.length, before.length + line.length);
  const id =
    valid && scanner.idKind !== kinds.absent ? textOf(chunk, scanner.idStart, scanner.idEnd) : '';
  return { valid, id, v: scanner.versionIsOne };
}

function isValid(line: Buffer): boolean {
  const expected = expectedOf(line, Number.POSITIVE_INFINITY, anyType);
  return !(expected.kind === 'error' && expected.message === 'Malformed JSON');
}

const requests = fc.record(
  {
    v: fc.oneof(fc.constant(1), fc.jsonValue()),
    id: fc.jsonValue(),
    type: fc.oneof(fc.constantFrom('get_quote', 'ping'), fc.jsonValue()),
    ticker: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
    extra: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

/** A line as a client might mangle it: a byte changed, removed, doubled, or the end torn off. */
const mutations = fc.array(
  fc.record({
    at: fc.nat(400),
    how: fc.constantFrom('set', 'drop', 'double', 'cut') as fc.Arbitrary<
      'set' | 'drop' | 'double' | 'cut'
    >,
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]":,\\0e-. u\r\t'))),
  }),
  { maxLength: 3 },
);

type Mutations = typeof mutations extends fc.Arbitrary<infer T> ? T : never;

function mangle(line: Buffer, changes: Mutations): Buffer {
  let bytes = line;
  for (const { at: wish, how, byte } of changes) {
    const at = bytes.length === 0 ? 0 : wish % bytes.length;
    const [before, one, after] = [
      bytes.subarray(0, at),
      bytes.subarray(at, at + 1),
      bytes.subarray(at + 1),
    ];
    if (how === 'set') bytes = Buffer.concat([before, Buffer.from([byte]), after]);
    if (how === 'drop') bytes = Buffer.concat([before, after]);
    if (how === 'double') bytes = Buffer.concat([before, one, one, after]);
    if (how === 'cut') bytes = Buffer.from(before);
  }
  return Buffer.from(bytes.filter((byte) => byte !== 0x0a));
}

describe('the scanner', () => {
  it('takes exactly the lines a JSON parser takes for an object', () => {
    fc.assert(
      fc.property(requests, mutations, fc.boolean(), (request, changes, wide) => {
        const json = wide ? JSON.stringify(request) : JSON.stringify(request, null, '\t');
        const line = mangle(Buffer.from(json.replaceAll('\n', ' ')), changes);
        expect(scan(line).valid).toBe(isValid(line));
      }),
      { numRuns: count(5000, 200_000) },
    );
  });

  it('takes no arbitrary bytes for a request that a parser would not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const line = Buffer.from(bytes.filter((byte) => byte !== 0x0a));
        expect(scan(line).valid).toBe(isValid(line));
      }),
      { numRuns: count(2000, 100_000) },
    );
  });

  it('finds the id of a request wherever it stands, and the last one of several', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('v', 'id', 'type', 'x', 'ticker'), fc.jsonValue())),
        (fields) => {
          const members = fields.map(
            ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
          );
          const line = Buffer.from(`{${members.join(',')}}`);
          const ids = fields.filter(([name]) => name === 'id');
          const versions = fields.filter(([name]) => name === 'v');
          const seen = scan(line);
          expect(seen.valid).toBe(true);
          expect(seen.id).toBe(ids.length === 0 ? '' : JSON.stringify(ids.at(-1)?.[1]));
          expect(seen.v).toBe(versions.at(-1)?.[1] === 1);
        },
      ),
      { numRuns: count(2000, 50_000) },
    );
  });

  it.each(['1', '1.0', '1e0', '10e-1', '0.1E+1'])('takes %s for version 1', (one) => {
    expect(scan(Buffer.from(`{"v":${one}}`)).v).toBe(true);
  });

  it.each(['2', '-1', '1.5', '"1"', 'true', 'null', '[1]'])('does not take %s for it', (other) => {
    expect(scan(Buffer.from(`{"v":${other}}`))).toMatchObject({ valid: true, v: false });
  });

  it('does not look behind the end of the line', () => {
    for (const [line, behind] of [
      ['{"v":1', '}'],
      ['{', '}'],
      ['{"v":1,"id":"a', '"}'],
      ['{"v":', '1}'],
      ['{"v":1,', '"id":1}'],
      ['{"v"', ':1}'],
      ['{"v":tru', 'e}'],
      ['{"v":1}', '}'],
    ] as const) {
      expect(scan(Buffer.from(line), behind).valid).toBe(isValid(Buffer.from(line)));
    }
  });
});
