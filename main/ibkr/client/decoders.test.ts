import { EventName, IBApi } from '@stoqey/ib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count } from '../../../testing/counts.ts';
import { bytesFrame } from '../testing/raw-gateway.ts';
import { firstOwnId } from './client-port.ts';
import { FrameReader } from './frame-reader.ts';
import { decodeHistory } from './history-decoder.ts';
import { TickDecoder } from './tick-decoder.ts';

type Call = readonly unknown[];

/** The library's own decoder, fed with one message: what it would have told us. */
function stock(payload: string, version: number): Call[] {
  const calls: Call[] = [];
  const api = new IBApi({ host: '127.0.0.1', port: 1, clientId: 0, maxReqPerSec: 50 });
  const inside = api as unknown as {
    controller: {
      socket: { neverReceived: boolean; _serverVersion: number; onMessage(text: string): void };
    };
  };
  const { socket } = inside.controller;
  socket.neverReceived = false;
  socket._serverVersion = version;
  api.on(EventName.tickPrice, (id, field, price) => calls.push(['price', id, field, price]));
  api.on(EventName.tickSize, (id, field, size) => calls.push(['size', id, field, size]));
  api.on(EventName.tickString, (id, field, value) => calls.push(['text', id, field, value]));
  api.on(EventName.historicalData, (id, time, open, high, low, close, volume) => {
    calls.push(['bar', id, time, open, high, low, close, volume]);
  });
  try {
    socket.onMessage(payload);
  } catch (error) {
    calls.push(['threw', String(error)]);
  }
  return calls;
}

/** Ours: the fast path where it takes the message, the library where it does not. */
function ours(
  payload: string,
  version: number,
): { readonly calls: Call[]; readonly fast: boolean } {
  const calls: Call[] = [];
  const decoder = new TickDecoder({
    price: (id, field, price) => void calls.push(['price', id, field, price]),
    size: (id, field, size) => void calls.push(['size', id, field, size]),
    text: (id, field, value) => void calls.push(['text', id, field, value]),
  });
  const bytes = Buffer.from(payload);
  if (decoder.take(bytes, 0, bytes.length)) return { calls, fast: true };
  expect(calls).toEqual([]);
  return { calls: stock(payload, version), fast: false };
}

const message = (...fields: readonly (string | number)[]): string =>
  fields.map((field) => `${field}\0`).join('');

const usualNumber = fc.oneof(
  fc.integer({ min: -1, max: 100_000_000 }).map(String),
  fc.double({ min: 0.0001, max: 1_000_000, noNaN: true }).map((value) => value.toFixed(2)),
  fc.double({ min: 0.0001, max: 100, noNaN: true }).map((value) => value.toFixed(6)),
);
const oddNumber = fc.oneof(
  fc.constantFrom('', '-', '.', '1.', '.5', '-0', '-0.0', '+1', '1e3', '1E-7', 'NaN', 'Infinity'),
  fc.constantFrom('1,234', '1.7976931348623157E308', '2147483647', '9223372036854775807', '007'),
  fc.constantFrom('0.1234567890123456789', '123456789012345678', ' 5', '5 ', '1.2.3', '--1', '1-2'),
  fc.double().map(String),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\0', '')),
);
const number = fc.oneof({ weight: 4, arbitrary: usualNumber }, { weight: 1, arbitrary: oddNumber });
const id = fc.constantFrom(firstOwnId, firstOwnId + 1, firstOwnId + 2, firstOwnId + 123_456, 5, -1);
const field = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 110 }) },
  { weight: 1, arbitrary: oddNumber },
);

describe('the tick decoder', () => {
  it('says what the library says, for every message', () => {
    let fast = 0;
    const price = fc
      .tuple(fc.constantFrom(1, 2, 3, 6), id, field, number, number, fc.constantFrom('0', '1', '3'))
      .map((fields) => message(1, ...fields));
    const size = fc
      .tuple(fc.constantFrom(1, 6), id, field, number)
      .map((fields) => message(2, ...fields));
    const text = fc
      .tuple(fc.constantFrom(1, 6), id, field, fc.oneof(number, fc.constant('1;2;3;true')))
      .map((fields) => message(46, ...fields));
    const generic = fc.tuple(fc.constant(6), id, field, number).map((one) => message(45, ...one));
    const cut = fc.tuple(fc.oneof(price, size, text), fc.nat(40)).map(([one, at]) => {
      return one.slice(0, at);
    });
    const longer = fc.oneof(price, size, text).map((one) => `${one}1\0`);
    const any = fc.oneof(
      { weight: 6, arbitrary: price },
      { weight: 4, arbitrary: size },
      { weight: 3, arbitrary: text },
      generic,
      cut,
      longer,
    );
    const runs = count(5000, 200_000);
    fc.assert(
      fc.property(any, (payload) => {
        const mine = ours(payload, 178);
        if (mine.fast) fast++;
        expect(mine.calls).toEqual(stock(payload, 178));
      }),
      { numRuns: runs },
    );
    // The proof would be empty if everything went the library's way.
    expect(fast).toBeGreaterThan(runs / 4);
  });

  it('leaves the requests of others to the library', () => {
    expect(ours(message(1, 6, 5, 4, '100.5', 3, 0), 178).fast).toBe(false);
    expect(ours(message(1, 6, firstOwnId, 4, '100.5', 3, 0), 178).fast).toBe(true);
  });
});

describe('the decoder of bars', () => {
  it('says what the library says', () => {
    const bar = fc.tuple(
      fc.constantFrom('20260105', '1767625200'),
      ...Array.from({ length: 4 }, () => usualNumber),
      fc.oneof(usualNumber, fc.constantFrom('-1', '1,000', '')),
      usualNumber,
      fc.nat(1000).map(String),
    );
    fc.assert(
      fc.property(fc.array(bar, { maxLength: 20 }), (bars) => {
        const payload = message(17, firstOwnId, 'a', 'b', bars.length, ...bars.flat());
        const bytes = Buffer.from(payload);
        const mine = decodeHistory(bytes, 0, bytes.length, 178);
        const theirs = stock(payload, 178).slice(0, -1);
        expect(mine?.bars.map((one) => Object.values(one))).toEqual(
          theirs.map((call) => call.slice(2).map((value) => value ?? 0)),
        );
      }),
      { numRuns: count(200, 5000) },
    );
  });

  it('leaves what is not as expected to the library', () => {
    const take = (payload: string, version = 178) =>
      decodeHistory(Buffer.from(payload), 0, Buffer.byteLength(payload), version);
    expect(take(message(17, 5, 'a', 'b', 0))).toBeNull();
    expect(take(message(17, firstOwnId, 'a', 'b', 1, 'x'))).toBeNull();
    expect(take(message(17, firstOwnId, 'a', 'b', -1))).toBeNull();
    expect(take(message(17, firstOwnId, 'a', 'b', 0), 100)).toBeNull();
    expect(take(message(16, firstOwnId, 'a', 'b', 0))).toBeNull();
    expect(take(message(17, firstOwnId, 'a', 'b', 0))).toEqual({ id: firstOwnId, bars: [] });
  });
});

describe('the frame reader', () => {
  it('gives the same frames however the stream is cut', () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 20 });
    const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(payloads, cuts, (frames, sizes) => {
        const stream = Buffer.concat(frames.map((one) => bytesFrame(Buffer.from(one))));
        const got: string[] = [];
        const reader = new FrameReader({
          frame: (buffer, start, end) => void got.push(buffer.toString('hex', start, end)),
          broken: (detail) => void got.push(detail),
        });
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] as number;
          // The socket reuses its memory: what was handed over must not be needed afterwards.
          const chunk = Buffer.from(stream.subarray(at, at + size));
          reader.push(chunk);
          chunk.fill(0xee);
          at += size;
        }
        expect(got).toEqual(frames.map((one) => Buffer.from(one).toString('hex')));
      }),
      { numRuns: count(500, 20_000) },
    );
  });

  it('stops for good at a length that cannot be', () => {
    for (const head of [
      [0, 0, 0, 0],
      [0x80, 0, 0, 0],
      [1, 0, 0, 0],
    ]) {
      const got: string[] = [];
      const reader = new FrameReader({
        frame: () => void got.push('frame'),
        broken: () => void got.push('broken'),
      });
      reader.push(Buffer.from(head));
      reader.push(bytesFrame(Buffer.from('fine')));
      expect(got).toEqual(['broken']);
    }
  });
});
