import { FlatBuilder } from './flat-builder.ts';
import { exportColumns, type Part } from './selection.ts';

/** Numbers of the format's own schema files. */
const v5 = 4;
const header = { schema: 1, recordBatch: 3 } as const;
const type = { floatingPoint: 3, utf8: 5, timestamp: 10 } as const;
const double = 2;
const milliseconds = 1;

const magic = Buffer.from('ARROW1\0\0', 'latin1');

interface Block {
  readonly offset: number;
  readonly metadata: number;
  readonly body: number;
}

/** Arrow's IPC file format, one record batch for each part, nothing compressed. */
export function* arrowFile(parts: Iterable<Part>): Generator<Uint8Array> {
  let at = 0;
  const counted = (bytes: Uint8Array) => {
    at += bytes.length;
    return bytes;
  };
  yield counted(magic);
  yield counted(message(header.schema, schema, 0));
  const blocks: Block[] = [];
  for (const part of parts) {
    const buffers = buffersOf(part);
    const body = Buffer.concat(buffers.flatMap((bytes) => [bytes, padding(bytes.length)]));
    const metadata = message(
      header.recordBatch,
      (builder) => recordBatch(builder, part.columns.length, buffers),
      body.length,
    );
    blocks.push({ offset: at, metadata: metadata.length, body: body.length });
    yield counted(metadata);
    yield counted(body);
  }
  yield endOfStream;
  const footer = footerOf(blocks);
  const length = Buffer.alloc(4);
  length.writeInt32LE(footer.length);
  yield Buffer.concat([footer, length, magic.subarray(0, 6)]);
}

const endOfStream = Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]);

function message(
  kind: number,
  build: (builder: FlatBuilder) => number,
  bodyLength: number,
): Uint8Array {
  const builder = new FlatBuilder();
  const inner = build(builder);
  const root = builder.table({
    3: () => builder.int64(bodyLength),
    2: () => builder.reference(inner),
    0: () => builder.int16(v5),
    1: () => builder.byte(kind),
  });
  const metadata = builder.finish(root);
  const padded = Buffer.concat([metadata, padding(metadata.length)]);
  const prefix = Buffer.alloc(8);
  prefix.writeInt32LE(-1);
  prefix.writeInt32LE(padded.length, 4);
  return Buffer.concat([prefix, padded]);
}

function schema(builder: FlatBuilder): number {
  const fields = builder.references(exportColumns.map((name) => field(builder, name)));
  return builder.table({ 1: () => builder.reference(fields), 0: () => builder.int16(0) });
}

function field(builder: FlatBuilder, name: (typeof exportColumns)[number]): number {
  const label = builder.string(name);
  const [kind, described] = typeOf(builder, name);
  const children = builder.references([]);
  return builder.table({
    0: () => builder.reference(label),
    3: () => builder.reference(described),
    5: () => builder.reference(children),
    1: () => builder.byte(0),
    2: () => builder.byte(kind),
  });
}

function typeOf(builder: FlatBuilder, name: (typeof exportColumns)[number]): [number, number] {
  switch (name) {
    case 'symbol':
    case 'timeframe':
      return [type.utf8, builder.table({})];
    case 'timestamp': {
      const zone = builder.string('UTC');
      const described = builder.table({
        1: () => builder.reference(zone),
        0: () => builder.int16(milliseconds),
      });
      return [type.timestamp, described];
    }
    default:
      return [type.floatingPoint, builder.table({ 0: () => builder.int16(double) })];
  }
}

function recordBatch(builder: FlatBuilder, rows: number, buffers: readonly Uint8Array[]): number {
  let at = 0;
  const places = buffers.map((bytes) => {
    const place = [at, bytes.length];
    at += bytes.length + padding(bytes.length).length;
    return place;
  });
  const described = builder.structs(places);
  const nodes = builder.structs(exportColumns.map(() => [rows, 0]));
  return builder.table({
    0: () => builder.int64(rows),
    1: () => builder.reference(nodes),
    2: () => builder.reference(described),
  });
}

/** For each column where its values are missing (nowhere, so nothing), then the values. */
function buffersOf({ series, columns }: Part): Uint8Array[] {
  const rows = columns.length;
  const none = new Uint8Array(0);
  const times = new BigInt64Array(rows);
  for (let row = 0; row < rows; row++) times[row] = BigInt(columns.t[row] as number);
  const numbers = [columns.open, columns.high, columns.low, columns.close, columns.volume];
  return [
    ...repeated(series.symbol, rows),
    ...repeated(series.timeframe, rows),
    none,
    new Uint8Array(times.buffer),
    ...numbers.flatMap((column) => [none, bytesOf(column.subarray(0, rows))]),
  ];
}

function repeated(text: string, rows: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * bytes.length);
  return [
    new Uint8Array(0),
    new Uint8Array(offsets.buffer),
    Buffer.alloc(bytes.length * rows, bytes),
  ];
}

export function bytesOf(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

function footerOf(blocks: readonly Block[]): Uint8Array {
  const builder = new FlatBuilder();
  const fields = schema(builder);
  // A block is a 64-bit number, a 32-bit number with as much padding, and a 64-bit number.
  const batches = builder.structs(
    blocks.map(({ offset, metadata, body }) => [offset, metadata, body]),
  );
  const dictionaries = builder.structs([]);
  const root = builder.table({
    1: () => builder.reference(fields),
    2: () => builder.reference(dictionaries),
    3: () => builder.reference(batches),
    0: () => builder.int16(v5),
  });
  return builder.finish(root);
}

function padding(length: number): Uint8Array {
  return new Uint8Array((8 - (length % 8)) % 8);
}
