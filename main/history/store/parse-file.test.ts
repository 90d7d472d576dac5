import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../../shared/bar.ts';
import { count } from '../../../testing/counts.ts';
import { barsOf, columnsOf } from '../../kit/bar-columns.ts';
import { formatBar, formatFile, header } from './format.ts';
import { describeReport, isPlain, parseFile, rewriteLoses } from './parse-file.ts';
import { parseLine } from './parse-line.ts';

const t0 = Date.UTC(2025, 4, 28, 14);

function parse(text: string) {
  const parsed = parseFile(Buffer.from(text));
  if (!parsed.ok) throw new Error(parsed.reason);
  return { bars: barsOf(parsed.columns), report: parsed.report };
}

function bar(minute: number, close = 1.5): Bar {
  return { t: t0 + minute * 60_000, open: 1, high: 2, low: 1, close, volume: 10 };
}

/** Row for row by the patient parser alone. */
function patiently(text: Buffer): Bar[] {
  const bars = new Map<number, Bar>();
  for (const line of text.toString('latin1').split('\n')) {
    const verdict = parseLine(line.replace(/\r$/, ''));
    if (typeof verdict !== 'string') bars.set(verdict.t, verdict);
  }
  return [...bars.values()].sort((a, b) => a.t - b.t);
}

describe('reading a bar file', () => {
  it('takes the bars it wrote, to the last digit', () => {
    const price = fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true });
    const anyBar = fc.record({
      minute: fc.nat(10_000_000),
      open: price,
      low: price,
      span: price,
      close: price,
      volume: fc.nat(),
    });
    fc.assert(
      fc.property(fc.uniqueArray(anyBar, { selector: (each) => each.minute }), (some) => {
        const bars = some
          .sort((a, b) => a.minute - b.minute)
          .map(({ minute, open, low, span, close, volume }) => ({
            t: minute * 60_000,
            open,
            high: low + span,
            low,
            close,
            volume,
          }));
        const { bars: read, report } = parse(formatFile(columnsOf(bars)));
        expect(read).toEqual(bars);
        expect(describeReport(report)).toEqual([]);
      }),
    );
  });

  it('reads numbers as JavaScript does, however they are written', () => {
    const digits = fc
      .tuple(fc.nat({ max: 2 ** 31 }), fc.nat({ max: 2 ** 31 }), fc.boolean())
      .map(([whole, part, long]) => `${whole}.${String(part).padStart(long ? 14 : 3, '0')}`);
    fc.assert(
      fc.property(digits, (text) => {
        const { bars } = parse(`${header}\n2025-05-28 14:00:00+00:00,${text},9e20,0,1,1\n`);
        expect(bars[0]?.open).toBe(Number(text));
      }),
    );
  });

  it('reads row after row of prices as the patient parser reads each, spoilt or not', () => {
    const price = fc
      .tuple(fc.constantFrom(9, 99, 999, 9999, 99_999), fc.nat(), fc.nat(3), fc.nat(9999))
      .map(([most, whole, decimals, part]) => {
        const digits = String(part).padStart(4, '0').slice(0, decimals);
        return decimals === 0 ? String(whole % most) : `${whole % most}.${digits}`;
      });
    const spoilt = fc.tuple(fc.nat(60), fc.constantFrom(...'0123456789.,-:+ /;?x\r\n\0\u00b2'));
    const row = fc.record({
      stamp: fc.constantFrom(
        ...['2025-05-28 14:0#:00+00:00', '2025-05-28 14:0#:00', '2024-02-29 23:0#:59+00:00'],
        ...['1999-12-31 00:0#:30', '2025-05-2# 00:00:00+00:00', '2025-0#-01 09:30:00+00:00'],
      ),
      open: price,
      high: price,
      low: price,
      close: price,
      volume: fc.oneof(
        ...[99_999, 2 ** 31].map((most) => fc.nat(most).map(String)),
        fc.nat(99_999).map((whole) => `${whole}.0`),
        price,
      ),
      end: fc.constantFrom('', '', '', '\r'),
      change: fc.option(spoilt, { freq: 4 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 8 }), (rows) => {
        const text = rows
          .map(({ stamp, open, high, low, close, volume, end, change }, nth) => {
            const time = stamp.replace('#', String(nth + 1));
            const line = `${time},${open},${high},${low},${close},${volume}${end}`;
            if (!change) return line;
            const at = change[0] % line.length;
            return line.slice(0, at) + change[1] + line.slice(at + 1);
          })
          .join('\n');
        const { bars } = parse(`${header}\n${text}\n`);
        expect(bars).toEqual(patiently(Buffer.from(text)));
      }),
      { numRuns: count(1000, 100_000) },
    );
  });

  it.each([
    '2025-05-28 14:05:00+00:00,99.9,1234567,7.25,88.,1000',
    '2025-05-28 14:05:00+00:00,0.5,100,.25,0.75,12345678.0',
    '2025-05-28 14:05:30+00:00,100,123456789.12,99.5,1234567.5,0',
    '2025-05-28 13:59:00,12,13,11.999,12,0.125\r',
  ])('reads %j as the patient parser does, whichever byte is changed, lost or added', (row) => {
    const before = '2025-05-28 14:04:00+00:00,2,3,1,2,10\n';
    const after = '\n2025-05-28 15:06:00+00:00,2,3,1,2,10\n';
    for (let at = 0; at <= row.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const character = String.fromCharCode(byte);
        for (const rest of [row.slice(at), row.slice(at + 1), row.slice(at + 2)]) {
          const text = Buffer.from(before + row.slice(0, at) + character + rest + after, 'latin1');
          const parsed = parseFile(Buffer.concat([Buffer.from(`${header}\n`), text]));
          if (!parsed.ok) throw new Error(parsed.reason);
          const expected = patiently(text);
          if (!isDeepStrictEqual(barsOf(parsed.columns), expected)) {
            expect({ at, byte, bars: barsOf(parsed.columns) }).toEqual({
              at,
              byte,
              bars: expected,
            });
          }
        }
      }
    }
  });

  it('leaves out what is later than any bar can be, and says so', () => {
    const text = [0, 1, 2, 9000, 3].map((minute) => formatBar(bar(minute))).join('');
    const rules = { daily: false, latest: t0 + 5 * 60_000 };
    const parsed = parseFile(Buffer.from(`${header}\n${text}`), rules);
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(barsOf(parsed.columns)).toEqual([0, 1, 2, 3].map((minute) => bar(minute)));
    expect(describeReport(parsed.report)).toEqual([
      '1 line left out: a time that is still to come',
    ]);
  });

  it('takes the date that is written on a daily bar, in whatever zone and at whatever hour', () => {
    const rules = { daily: true, latest: Number.POSITIVE_INFINITY };
    const rows = [
      '2025-05-26 00:00:00-04:00,1,2,1,1.5,10',
      '2025-05-27 00:00:00+02:00,1,2,1,1.5,10',
      '2025-05-28 04:00:00+00:00,1,2,1,1.5,10',
      '2025-05-28 16:00:00+00:00,1,2,1,1.75,10',
      '2025-05-29,1,2,1,1.5,10',
    ];
    const parsed = parseFile(Buffer.from(`${header}\n${rows.join('\n')}\n`), rules);
    if (!parsed.ok) throw new Error(parsed.reason);
    expect(barsOf(parsed.columns).map(({ t, close }) => [t, close])).toEqual([
      [Date.UTC(2025, 4, 26), 1.5],
      [Date.UTC(2025, 4, 27), 1.5],
      [Date.UTC(2025, 4, 28), 1.75],
      [Date.UTC(2025, 4, 29), 1.5],
    ]);
    expect(parsed.report).toMatchObject({ duplicates: 1, outOfOrder: 0 });
    expect(isPlain(parsed.report)).toBe(false);
  });

  it('takes no number beyond all numbers for a price', () => {
    const { bars, report } = parse(
      `${header}\n2025-05-28 14:00:00+00:00,1,1e999,1,1.5,10\n${formatBar(bar(1))}`,
    );
    expect(bars).toEqual([bar(1)]);
    expect(describeReport(report)).toEqual(['1 line left out: a field that is no number']);
  });

  it.each(['', `${header}\n`])('reads a file that begins with a byte order mark and %j', (head) => {
    const { bars, report } = parse(`\ufeff${head}${formatBar(bar(0))}${formatBar(bar(1))}`);
    expect(bars).toEqual([bar(0), bar(1)]);
    expect(describeReport(report)).toEqual([]);
  });

  it('understands CRLF, zone-less times, other zones, dates alone and exponents', () => {
    const { bars, report } = parse(
      `${header}\r\n2025-05-28 14:00:00+00:00,1,2,1,1.5,10\r\n2025-05-28 14:01:00,1,2,1,1.5,10\r\n` +
        '2025-05-28 10:02:00-04:00,1,2,1,1.5,1e1\n2025-05-28T14:03:00Z,1.0,2.0,1.0,1.5,10.0\n2025-05-29,1,2,1,1.5,10\n',
    );
    expect(bars).toEqual([bar(0), bar(1), bar(2), bar(3), bar(600)]);
    expect(isPlain(report)).toBe(false);
    expect(rewriteLoses(report)).toBe(false);
  });

  it('leaves out what is no bar and names why', () => {
    const { bars, report } = parse(
      `${header}\n${formatBar(bar(0))}2025-05-28 14:01:00+00:00,1,nan,1,1,1\n2025-05-28 14:02:00+00:00,1,2,-1,1,1\n` +
        '2025-05-28 14:03:00+00:00,1,2,1\n2025-02-30 14:00:00+00:00,1,2,1,1,1\n\n2025-05-28 14:04:00+00:00,1,1,2,1,1\n' +
        `2025-05-28 14:05:00+00:00,1,,1,1,1\n\0\0\0\n2025-05-2: 14:00:00+00:00,1,2,1,1,1\n${formatBar(bar(6))}`,
    );
    expect(bars).toEqual([bar(0), bar(6)]);
    expect(report.faults.map(({ fault, count }) => [fault, count])).toEqual([
      ['number', 2],
      ['negative', 1],
      ['fields', 3],
      ['time', 2],
      ['order', 1],
    ]);
    expect(rewriteLoses(report)).toBe(true);
  });

  it('has room for the shortest rows there can be', () => {
    const minutes = Array.from({ length: 10_000 }, (_, nth) => t0 + nth * 60_000);
    const rows = minutes.map((t) => `${new Date(t).toISOString().slice(0, 19)},1,1,1,1,1\n`);
    const { bars, report } = parse(`${header}\n${rows.join('').replaceAll('T', ' ')}`);
    expect(bars.map(({ t }) => t)).toEqual(minutes);
    expect(report.foreignRows).toBe(10_000);
  });

  it('is not misled by zeros where the day and the hour should be', () => {
    const torn = `2025-06-${'\0'.repeat(6)}00:00+00:00,1,2,1,1.5,10\n`;
    const { bars, report } = parse(`${header}\n${formatBar(bar(0))}${torn}${torn}${torn}`);
    expect(bars).toEqual([bar(0)]);
    expect(report.faults).toMatchObject([{ fault: 'time', count: 3 }]);
  });

  it('takes the -1 that stands for no volume as none', () => {
    const { bars } = parse(`${header}\n2025-05-28 14:00:00+00:00,1,2,1,1.5,-1\n`);
    expect(bars[0]?.volume).toBe(0);
  });

  it('sorts rows out of order and lets the later row win', () => {
    const { bars, report } = parse(
      `${header}\n${formatBar(bar(2))}${formatBar(bar(0))}${formatBar(bar(1))}${formatBar(bar(2, 1.75))}`,
    );
    expect(bars).toEqual([bar(0), bar(1), bar(2, 1.75)]);
    expect(report.duplicates).toBe(1);
  });

  it('never reads past the last newline', () => {
    const { bars, report } = parse(
      `${header}\n${formatBar(bar(0))}2025-05-28 14:01:00+00:00,1,2,1,1.5,1`,
    );
    expect(bars).toEqual([bar(0)]);
    expect(report.tornBytes).toBe(37);
  });

  it('finds the columns by their names when they stand otherwise', () => {
    const { bars, report } = parse(
      'Date,Close,Open,High,Low,Adj,Volume\n2025-05-28 14:00:00,1.5,1,2,1,7,10\n',
    );
    expect(bars).toEqual([bar(0)]);
    expect(report.foreignHeader).toBe(true);
  });

  it('takes a file that has no header', () => {
    expect(parse(formatBar(bar(0))).bars).toEqual([bar(0)]);
  });

  it('says which columns are missing', () => {
    expect(parseFile(Buffer.from('timestamp,open,close\n'))).toEqual({
      ok: false,
      reason: 'its header lacks high, low, volume',
    });
    expect(parseFile(Buffer.from(''))).toEqual({ ok: false, reason: 'the file is empty' });
    expect(parseFile(Buffer.from('timesta'))).toEqual({
      ok: false,
      reason: 'the file has no whole line',
    });
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(60), (noise, at) => {
        const good = Buffer.from(`${header}\n${formatBar(bar(0))}${formatBar(bar(1))}`);
        parseFile(noise);
        parseFile(Buffer.concat([good.subarray(0, at), noise, good.subarray(at)]));
      }),
    );
  });
});
