/** A value of Thrift's compact protocol, in which Parquet's metadata is written. */
export type ThriftValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'i32' | 'i64'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | {
      readonly kind: 'list';
      readonly of: ThriftValue['kind'];
      readonly items: readonly ThriftValue[];
    }
  | { readonly kind: 'struct'; readonly fields: ThriftFields };

/** By field number. */
export type ThriftFields = Readonly<Record<number, ThriftValue>>;

export const bool = (value: boolean): ThriftValue => ({ kind: 'bool', value });
export const i32 = (value: number): ThriftValue => ({ kind: 'i32', value });
export const i64 = (value: number): ThriftValue => ({ kind: 'i64', value });
export const text = (value: string): ThriftValue => ({ kind: 'text', value });
export const struct = (fields: ThriftFields): ThriftValue => ({ kind: 'struct', fields });
export const list = (of: ThriftValue['kind'], items: readonly ThriftValue[]): ThriftValue => ({
  kind: 'list',
  of,
  items,
});

const codes = { bool: 1, i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;

export function encodeStruct(fields: ThriftFields): Uint8Array {
  const out: number[] = [];
  writeStruct(out, fields);
  return Uint8Array.from(out);
}

function writeStruct(out: number[], fields: ThriftFields): void {
  let before = 0;
  for (const [name, value] of Object.entries(fields)) {
    const number = Number(name);
    // A truth value is told by its type alone.
    const code = value.kind === 'bool' && !value.value ? 2 : codes[value.kind];
    if (number - before <= 15) out.push(((number - before) << 4) | code);
    else {
      out.push(code);
      writeInt(out, number);
    }
    before = number;
    if (value.kind !== 'bool') writeValue(out, value);
  }
  out.push(0);
}

function writeValue(out: number[], value: ThriftValue): void {
  switch (value.kind) {
    case 'bool':
      out.push(value.value ? 1 : 2);
      return;
    case 'i32':
    case 'i64':
      writeInt(out, value.value);
      return;
    case 'text': {
      const bytes = new TextEncoder().encode(value.value);
      writeVarint(out, BigInt(bytes.length));
      out.push(...bytes);
      return;
    }
    case 'list': {
      const { length } = value.items;
      if (length < 15) out.push((length << 4) | codes[value.of]);
      else {
        out.push(0xf0 | codes[value.of]);
        writeVarint(out, BigInt(length));
      }
      for (const item of value.items) writeValue(out, item);
      return;
    }
    case 'struct':
      writeStruct(out, value.fields);
      return;
  }
}

function writeInt(out: number[], value: number): void {
  const wide = BigInt(value);
  writeVarint(out, wide >= 0n ? wide * 2n : -wide * 2n - 1n);
}

function writeVarint(out: number[], value: bigint): void {
  let left = value;
  for (; left > 127n; left >>= 7n) out.push(Number(left & 127n) | 128);
  out.push(Number(left));
}
