import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count } from '../../../testing/counts.ts';
import { answers } from './answers.ts';
import { DecodeError, decodeAnswer, decodeRequest } from './decode.ts';
import { encodeAnswer, encodeRequest } from './encode.ts';
import { FrameReader, negotiate } from './frames.ts';
import { requests } from './requests.ts';
import { type Field, type Message, present } from './schema.ts';
import { Sink } from './sink.ts';
import { TickEncoder, tickTypes } from './tick-encoder.ts';

const version = fc.integer({ min: 100, max: 193 });
const plainText = fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\0', ''));

/** Any values a message may carry; `when` decides what is on the wire, so the rest is left empty. */
function valuesOf(fields: readonly Field[], at: number): fc.Arbitrary<Record<string, unknown>> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of fields) {
    if (field.kind === 'fixed') continue;
    const here = present(field, at) && !field.when;
    switch (field.kind) {
      case 'int':
        model[field.name] = here ? fc.integer() : fc.constant(0);
        break;
      case 'double':
        model[field.name] = here
          ? fc.oneof(
              fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
              fc.integer({ min: 0, max: 10_000_000 }).map((cents) => cents / 100),
            )
          : fc.constant(0);
        break;
      case 'text':
      case 'escaped':
        model[field.name] = here ? plainText : fc.constant('');
        break;
      case 'flag':
        model[field.name] = here ? fc.boolean() : fc.constant(false);
        break;
      case 'list':
        model[field.name] = here
          ? fc.array(valuesOf(field.fields ?? [], at), { maxLength: 3 })
          : fc.constant([]);
        break;
    }
  }
  return fc.record(model);
}

function anyOf(table: Readonly<Record<string, Message>>) {
  return fc
    .tuple(fc.constantFrom(...Object.keys(table)), version)
    .chain(([name, at]) =>
      valuesOf((table[name] as Message).fields, at).map((values) => ({ name, at, values })),
    );
}

function payloadOf(write: (sink: Sink) => void): Buffer {
  const sink = new Sink(64);
  write(sink);
  const frame = sink.take();
  expect(frame.readUInt32BE(0)).toBe(frame.length - 4);
  return frame.subarray(4);
}

describe('the protocol table', () => {
  it('reads every answer back as it was written, at every version', () => {
    fc.assert(
      fc.property(anyOf(answers), ({ name, at, values }) => {
        const payload = payloadOf((sink) => encodeAnswer(sink, name as never, values as never, at));
        expect(decodeAnswer(payload, at)).toEqual({ name, values });
      }),
      { numRuns: count(3000, 100_000) },
    );
  });

  it('reads every request back as it was written, at every version', () => {
    fc.assert(
      fc.property(anyOf(requests), ({ name, at, values }) => {
        const clean = name === 'marketData' ? { ...values, deltaNeutral: false } : values;
        const payload = payloadOf((sink) => encodeRequest(sink, name as never, clean as never, at));
        expect(decodeRequest(payload, at)).toEqual({ name, values: clean });
      }),
      { numRuns: count(3000, 100_000) },
    );
  });

  it('writes numbers as JavaScript does', () => {
    const written = (write: (sink: Sink) => void): string => {
      const sink = new Sink(32);
      write(sink);
      return sink.take().toString('latin1').slice(0, -1);
    };
    const price = fc.oneof(
      fc.double(),
      fc.integer().map((n) => n / 100),
      fc.integer({ min: 0, max: 2_000_000_000 }).map((n) => n / 100_000),
      fc.integer({ min: 0, max: 999_999_999_999_999 }).map((n) => n / 1_000_000),
      fc.constantFrom(0.00005, 1e-7, 5e-324, Number.MAX_VALUE, 1e21, 123456789.123456, -0.01),
    );
    fc.assert(
      fc.property(price, (value) => {
        expect(written((sink) => sink.double(value))).toBe(String(value));
      }),
      { numRuns: count(20_000, 500_000) },
    );
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e15 }), (value) => {
        expect(written((sink) => sink.int(value))).toBe(String(value));
      }),
      { numRuns: count(5000, 500_000) },
    );
  });

  it('gives ticks the same bytes on the quick path as through the table', () => {
    const kinds = Object.keys(tickTypes.live) as (keyof typeof tickTypes.live)[];
    fc.assert(
      fc.property(
        version,
        fc.constantFrom('live' as const, 'delayed' as const),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        fc.constantFrom(...kinds),
        fc.integer({ min: 0, max: 1_000_000_000 }).map((n) => n / 1000),
        fc.nat(),
        plainText,
        (at, mode, reqId, kind, price, size, text) => {
          const encoder = new TickEncoder(reqId, mode);
          const tickType = tickTypes[mode][kind];
          const quick = new Sink(64);
          encoder.price(quick, kind, price, size, 1);
          encoder.size(quick, kind, size);
          encoder.text(quick, kind, text);
          encoder.text(quick, 'rtVolume', text);
          const table = new Sink(64);
          encodeAnswer(table, 'tickPrice', { reqId, tickType, price, size, attributes: 1 }, at);
          encodeAnswer(table, 'tickSize', { reqId, tickType, size }, at);
          encodeAnswer(table, 'tickString', { reqId, tickType, value: text }, at);
          encodeAnswer(table, 'tickString', { reqId, tickType: 48, value: text }, at);
          expect(quick.take().equals(table.take())).toBe(true);
        },
      ),
      { numRuns: count(2000, 50_000) },
    );
  });
});

describe('what clients send, however wrong', () => {
  const runs = count(100_000, 1_000_000);
  const ids = [...Object.values(requests).map((one) => one.id), 3, 10, 22, 52, 0, -1, 999];
  const field = fc.oneof(
    fc.constantFrom('', '0', '1', '-1', 'STK', 'AAPL', 'BAG', '2147483647', '1e400', 'Infinity'),
    fc.string({ maxLength: 6 }),
  );
  const plausible = fc
    .tuple(fc.constantFrom(...ids), fc.array(field, { maxLength: 30 }), fc.boolean())
    .map(([id, fields, ended]) =>
      Buffer.from(`${[id, ...fields].join('\0')}${ended ? '\0' : ''}`, 'utf8'),
    );
  const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

  it(`is a request or a decode error, in ${runs} tries`, () => {
    fc.assert(
      fc.property(fc.oneof(plausible, noise), version, (payload, at) => {
        try {
          const request = decodeRequest(payload, at);
          expect(typeof request.name).toBe('string');
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
      { numRuns: runs },
    );
  });

  it('is cut into frames the same way however it arrives', () => {
    const stream = fc
      .tuple(fc.boolean(), fc.array(fc.oneof(plausible, noise), { maxLength: 4 }), noise)
      .map(([polite, payloads, rest]) => {
        const parts: Buffer[] = [];
        if (polite) parts.push(Buffer.from('API\0\0\0\0\x09v100..193', 'latin1'));
        for (const payload of payloads) {
          const size = Buffer.alloc(4);
          size.writeUInt32BE(payload.length);
          parts.push(size, payload);
        }
        return Buffer.concat([...parts, rest]);
      });
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (all, cuts) => {
          const whole = [...new FrameReader().push(all)];
          const reader = new FrameReader();
          const pieces = [];
          for (let at = 0, i = 0; at < all.length; i++) {
            const size = cuts[i % cuts.length] as number;
            pieces.push(...reader.push(all.subarray(at, at + size)));
            at += size;
          }
          expect(pieces).toEqual(whole);
          expect(reader.pending).toBeLessThanOrEqual(65_536 + 4 + 9);
        },
      ),
      { numRuns: count(3000, 100_000) },
    );
  });

  it('negotiates any hello or refuses it', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.integer(), (text, low, high) => {
        for (const range of [text, `v${low}..${high}`, `v${high} ${text}`]) {
          const hello = negotiate(range, 100, 193);
          if (hello.ok) {
            expect(hello.version).toBeGreaterThanOrEqual(100);
            expect(hello.version).toBeLessThanOrEqual(193);
          }
        }
      }),
      { numRuns: count(2000, 50_000) },
    );
  });
});
