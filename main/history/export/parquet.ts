import { bytesOf } from './arrow.ts';
import { exportColumns, type Part } from './selection.ts';
import { bool, encodeStruct, i32, i64, list, struct, type ThriftValue, text } from './thrift.ts';

/** Numbers of the format's own definition. */
const physical = { int64: 2, double: 5, bytes: 6 } as const;
const converted = { utf8: 0, timestampMillis: 9 } as const;
const plain = 0;
const rle = 3;
const uncompressed = 0;
const required = 0;
const dataPage = 0;

const magic = Buffer.from('PAR1', 'latin1');

type Column = (typeof exportColumns)[number];

function physicalOf(column: Column): number {
  if (column === 'symbol' || column === 'timeframe') return physical.bytes;
  return column === 'timestamp' ? physical.int64 : physical.double;
}

/** Parquet, one row group for each part, values plain and nothing compressed, so that any reader takes it. */
export function* parquetFile(parts: Iterable<Part>): Generator<Uint8Array> {
  let at = 0;
  const counted = (bytes: Uint8Array) => {
    at += bytes.length;
    return bytes;
  };
  yield counted(magic);
  const groups: ThriftValue[] = [];
  let rows = 0;
  for (const part of parts) {
    const count = part.columns.length;
    const chunks: ThriftValue[] = [];
    let size = 0;
    for (const column of exportColumns) {
      const values = valuesOf(part, column);
      const page = pageHeader(count, values.length);
      const length = page.length + values.length;
      chunks.push(chunk(column, count, at, length));
      yield counted(page);
      yield counted(values);
      size += length;
    }
    groups.push(struct({ 1: list('struct', chunks), 2: i64(size), 3: i64(count) }));
    rows += count;
  }
  const metadata = encodeStruct({
    1: i32(1),
    2: list('struct', [root, ...exportColumns.map(element)]),
    3: i64(rows),
    4: list('struct', groups),
    6: text('Gatehouse'),
  });
  const length = Buffer.alloc(4);
  length.writeInt32LE(metadata.length);
  yield Buffer.concat([metadata, length, magic]);
}

const root = struct({ 4: text('bars'), 5: i32(exportColumns.length) });

function element(column: Column): ThriftValue {
  const base = { 1: i32(physicalOf(column)), 3: i32(required), 4: text(column) };
  if (column === 'timestamp') {
    const instant = struct({ 1: bool(true), 2: struct({ 1: struct({}) }) });
    return struct({ ...base, 6: i32(converted.timestampMillis), 10: struct({ 8: instant }) });
  }
  if (physicalOf(column) === physical.bytes) {
    return struct({ ...base, 6: i32(converted.utf8), 10: struct({ 1: struct({}) }) });
  }
  return struct(base);
}

function pageHeader(count: number, size: number): Uint8Array {
  const described = struct({ 1: i32(count), 2: i32(plain), 3: i32(rle), 4: i32(rle) });
  return encodeStruct({ 1: i32(dataPage), 2: i32(size), 3: i32(size), 5: described });
}

function chunk(column: Column, count: number, at: number, size: number): ThriftValue {
  const metadata = struct({
    1: i32(physicalOf(column)),
    2: list('i32', [i32(plain), i32(rle)]),
    3: list('text', [text(column)]),
    4: i32(uncompressed),
    5: i64(count),
    6: i64(size),
    7: i64(size),
    9: i64(at),
  });
  return struct({ 2: i64(at), 3: metadata });
}

function valuesOf({ series, columns }: Part, column: Column): Uint8Array {
  const rows = columns.length;
  switch (column) {
    case 'symbol':
    case 'timeframe': {
      const value = Buffer.from(series[column]);
      const one = Buffer.alloc(4 + value.length);
      one.writeInt32LE(value.length);
      value.copy(one, 4);
      return Buffer.alloc(one.length * rows, one);
    }
    case 'timestamp': {
      const times = new BigInt64Array(rows);
      for (let row = 0; row < rows; row++) times[row] = BigInt(columns.t[row] as number);
      return new Uint8Array(times.buffer);
    }
    default:
      return bytesOf(columns[column].subarray(0, rows));
  }
}
