import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const { makeCodec } = require('./codec.cjs');
const codec = makeCodec();

describe('what crosses between app and page', () => {
  it('comes back as structured clone would bring it', () => {
    const leaf = fc.oneof(
      fc.constant(undefined),
      fc.double(),
      fc.bigInt(),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array(),
      fc.float64Array({ noNaN: true }),
      fc.string({ unit: 'binary' }),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 4, noNullPrototype: true }),
        fc.array(fc.tuple(fc.string(), tie('any')), { maxLength: 3 }).map((list) => new Map(list)),
        fc.array(tie('any'), { maxLength: 3 }).map((list) => new Set(list)),
      ),
    })).any;
    fc.assert(
      fc.property(value, (given) => {
        expect(codec.decode(codec.encode(given))).toEqual(structuredClone(given));
      }),
    );
  });

  it('keeps cycles and shared parts', () => {
    const shared = { n: 1 };
    const given: Record<string, unknown> = { a: shared, b: shared };
    given['self'] = given;
    const back = codec.decode(codec.encode(given));
    expect(back.a).toBe(back.b);
    expect(back.self).toBe(back);
  });

  it('keeps a key named __proto__ a plain key', () => {
    const back = codec.decode(codec.encode(JSON.parse('{"__proto__":{"admin":true}}')));
    expect(Object.keys(back)).toEqual(['__proto__']);
    expect(back.admin).toBeUndefined();
  });

  it('refuses what structured clone refuses', () => {
    for (const value of [() => 1, Symbol('s'), Promise.resolve(1), new WeakMap()]) {
      expect(() => codec.encode({ value })).toThrow(/could not be cloned/);
    }
  });
});
