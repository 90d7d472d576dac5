import { isUtf8 } from 'node:buffer';

/** What kind of value a field has; `escaped` is a string that holds a backslash. */
export const kinds = {
  absent: 0,
  null: 1,
  string: 2,
  escaped: 3,
  number: 4,
  literal: 5,
  nested: 6,
} as const;

export type FieldKind = (typeof kinds)[keyof typeof kinds];

/** Deeper nesting than this is refused rather than followed. */
export const maxDepth = 256;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const fieldOther = 0;
const fieldV = 1;
const fieldId = 2;
const fieldType = 3;
const fieldTicker = 4;

/** What a step returns that found no way to go on. */
const nowhere = -1;

/** 1 for the bytes that stand for themselves in a string: plain ASCII but for quote and backslash. */
const plain = new Uint8Array(256).map((_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== quote && byte !== backslash ? 1 : 0,
);

/**
 * Reads one request without building objects: checks the whole line against the JSON grammar and
 * notes where the fields every request needs stand. The spans point into the line that was scanned,
 * which is how an id comes back digit for digit. One scanner serves all connections in turn.
 *
 * Every step is told where to begin and returns where it ended: positions that live in variables of
 * the loop, not in fields, are a good part of the speed. So are the kinds being small numbers.
 */
export class RequestScanner {
  versionIsOne = false;
  idKind: FieldKind = kinds.absent;
  idStart = 0;
  idEnd = 0;
  typeKind: FieldKind = kinds.absent;
  typeStart = 0;
  typeEnd = 0;
  tickerKind: FieldKind = kinds.absent;
  tickerStart = 0;
  tickerEnd = 0;
  /** True where the line is more than plain ASCII, so that an echo must be escaped. */
  wide = false;

  #buffer: Uint8Array = new Uint8Array(0);
  #end = 0;
  /** What the last value, or key, was. */
  #kind: FieldKind = kinds.absent;
  readonly #nesting = new Uint8Array(maxDepth);

  /** False where the line is not exactly one JSON object. */
  scan(buffer: Uint8Array, start: number, end: number): boolean {
    this.versionIsOne = false;
    this.idKind = kinds.absent;
    this.typeKind = kinds.absent;
    this.tickerKind = kinds.absent;
    this.wide = false;
    this.#buffer = buffer;
    this.#end = end;
    const at = this.#object(afterBlanks(buffer, start));
    if (at === nowhere || (at !== end && afterBlanks(buffer, at) !== end)) return false;
    return !this.wide || isUtf8(buffer.subarray(start, end));
  }

  /**
   * The top level: this is where the time of a request goes. What requests mostly hold, plain strings
   * and whole numbers, is followed right here, for a call costs as much as a short string.
   */
  #object(from: number): number {
    const buffer = this.#buffer;
    const end = this.#end;
    if (buffer[from] !== openBrace) return nowhere;
    let at = afterBlanks(buffer, from + 1);
    if (buffer[at] === closeBrace) return this.#within(at + 1);
    for (;;) {
      if (buffer[at] !== quote) return nowhere;
      const keyStart = ++at;
      while (at < end && plain[buffer[at] as number] === 1) at++;
      let field = fieldOther;
      if (buffer[at] === quote) {
        field = fieldNamed(buffer, keyStart, at++);
      } else {
        at = this.#string(keyStart);
        if (at === nowhere) return nowhere;
        if (this.#kind === kinds.escaped) field = this.#escapedField(keyStart, at - 1);
      }
      at = afterBlanks(buffer, at);
      if (buffer[at] !== colon) return nowhere;
      at = afterBlanks(buffer, at + 1);
      const valueStart = at;
      const first = buffer[at] as number;
      let kind: FieldKind = kinds.absent;
      if (first === quote) {
        at++;
        while (at < end && plain[buffer[at] as number] === 1) at++;
        if (buffer[at++] === quote) kind = kinds.string;
      } else if (first > 0x30 && first <= 0x39) {
        at++;
        while (at < end && isDigit(buffer[at] as number)) at++;
        if (buffer[at] === comma || buffer[at] === closeBrace) kind = kinds.number;
      }
      if (kind === kinds.absent) {
        at = this.#value(valueStart);
        if (at === nowhere) return nowhere;
        kind = this.#kind;
      }
      if (field !== fieldOther) this.#note(field, kind, valueStart, at);
      at = afterBlanks(buffer, at);
      if (buffer[at] === closeBrace) return this.#within(at + 1);
      if (buffer[at] !== comma) return nowhere;
      at = afterBlanks(buffer, at + 1);
    }
  }

  /** Of a key that stands twice the last one counts, as with every JSON parser. */
  #note(field: number, kind: FieldKind, start: number, end: number): void {
    switch (field) {
      case fieldV:
        this.versionIsOne = kind === kinds.number && this.#isOne(start, end);
        return;
      case fieldId:
        this.idKind = kind;
        this.idStart = start;
        this.idEnd = end;
        return;
      case fieldType:
        this.typeKind = kind;
        this.typeStart = start;
        this.typeEnd = end;
        return;
      case fieldTicker:
        this.tickerKind = kind;
        this.tickerStart = start;
        this.tickerEnd = end;
        return;
    }
  }

  #escapedField(start: number, end: number): number {
    const name = Buffer.from(JSON.parse(textOf(this.#buffer, start - 1, end + 1)) as string);
    return fieldNamed(name, 0, name.length);
  }

  #isOne(start: number, end: number): boolean {
    if (end - start === 1) return this.#buffer[start] === 0x31;
    return Number(textOf(this.#buffer, start, end)) === 1;
  }

  #value(at: number): number {
    const first = this.#byte(at);
    if (first === quote) return this.#string(at + 1);
    if (first === openBrace || first === openBracket) return this.#nested(at);
    return this.#bare(first, at);
  }

  /** A value that is neither a string nor holds others. */
  #bare(first: number, at: number): number {
    if (first === 0x2d || isDigit(first)) return this.#number(at);
    if (first === 0x74) return this.#literal('true', kinds.literal, at);
    if (first === 0x66) return this.#literal('false', kinds.literal, at);
    if (first === 0x6e) return this.#literal('null', kinds.null, at);
    return nowhere;
  }

  /** Follows arrays and objects with a stack of its own, so that no depth can exhaust the call stack. */
  #nested(from: number): number {
    const buffer = this.#buffer;
    const nesting = this.#nesting;
    let depth = 0;
    let at = from;
    for (;;) {
      // A value stands here.
      const first = this.#byte(at);
      if (first === openBrace || first === openBracket) {
        if (depth === maxDepth) return nowhere;
        nesting[depth++] = first;
        at = afterBlanks(buffer, at + 1);
        if (this.#byte(at) !== (first === openBrace ? closeBrace : closeBracket)) {
          if (first === openBrace) at = this.#keyAndColon(at);
          if (at === nowhere) return nowhere;
          continue;
        }
        at++;
        depth--;
      } else {
        at = first === quote ? this.#string(at + 1) : this.#bare(first, at);
        if (at === nowhere) return nowhere;
      }
      // A value has ended here: what closes with it, and does another follow?
      for (;;) {
        if (depth === 0) {
          this.#kind = kinds.nested;
          return at;
        }
        at = afterBlanks(buffer, at);
        const inObject = nesting[depth - 1] === openBrace;
        const after = this.#byte(at++);
        if (after === comma) {
          at = afterBlanks(buffer, at);
          if (inObject) at = this.#keyAndColon(at);
          if (at === nowhere) return nowhere;
          break;
        }
        if (after !== (inObject ? closeBrace : closeBracket)) return nowhere;
        depth--;
      }
    }
  }

  #keyAndColon(from: number): number {
    if (this.#byte(from) !== quote) return nowhere;
    const keyEnd = this.#string(from + 1);
    if (keyEnd === nowhere) return nowhere;
    const at = afterBlanks(this.#buffer, keyEnd);
    return this.#byte(at) === colon ? afterBlanks(this.#buffer, at + 1) : nowhere;
  }

  /** `from` is behind the opening quote. */
  #string(from: number): number {
    const buffer = this.#buffer;
    const end = this.#end;
    let at = from;
    for (; at < end; at++) {
      const byte = buffer[at] as number;
      if (byte === quote || byte < 0x20 || byte === backslash || byte > 0x7f) break;
    }
    if (at >= end || buffer[at] !== quote) return this.#unusualString(at);
    this.#kind = kinds.string;
    return at + 1;
  }

  /** The rest of a string, from the first byte on that is not plain. */
  #unusualString(from: number): number {
    const buffer = this.#buffer;
    const end = this.#end;
    this.#kind = kinds.string;
    for (let at = from; at < end; ) {
      const byte = buffer[at] as number;
      if (byte === quote) return at + 1;
      if (byte < 0x20) return nowhere;
      if (byte === backslash) {
        this.#kind = kinds.escaped;
        at = this.#escape(at + 1);
        if (at === nowhere) return nowhere;
      } else {
        if (byte > 0x7f) this.wide = true;
        at++;
      }
    }
    return nowhere;
  }

  /** `at` is behind the backslash. */
  #escape(at: number): number {
    const escaped = this.#byte(at);
    if (isShortEscape(escaped)) return at + 1;
    if (escaped !== 0x75 || at + 5 > this.#end) return nowhere;
    for (let digit = at + 1; digit < at + 5; digit++) {
      if (!isHexDigit(this.#buffer[digit] as number)) return nowhere;
    }
    return at + 5;
  }

  #number(from: number): number {
    this.#kind = kinds.number;
    let at = this.#byte(from) === 0x2d ? from + 1 : from;
    at = this.#byte(at) === 0x30 ? at + 1 : this.#digits(at);
    if (at === nowhere) return nowhere;
    const after = this.#byte(at);
    if (after === comma || after === closeBrace) return at;
    if (after === 0x2e) at = this.#digits(at + 1);
    return at === nowhere ? nowhere : this.#exponent(at);
  }

  #exponent(at: number): number {
    const mark = this.#byte(at);
    if (mark !== 0x65 && mark !== 0x45) return at;
    const sign = this.#byte(at + 1);
    return this.#digits(sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
  }

  /** One digit at least. */
  #digits(from: number): number {
    const buffer = this.#buffer;
    const end = this.#end;
    let at = from;
    while (at < end && isDigit(buffer[at] as number)) at++;
    return at > from ? at : nowhere;
  }

  #literal(word: string, kind: FieldKind, at: number): number {
    for (let i = 0; i < word.length; i++) {
      if (this.#byte(at + i) !== word.charCodeAt(i)) return nowhere;
    }
    this.#kind = kind;
    return at + word.length;
  }

  /** The byte that stands there, or 0 behind the end of the line. */
  #byte(at: number): number {
    return at < this.#end ? (this.#buffer[at] as number) : 0;
  }

  /** A step may have run past the end of the line, into what stands behind it. */
  #within(at: number): number {
    return at <= this.#end ? at : nowhere;
  }
}

/**
 * Where the blanks that begin at `from` end. A newline is none, for it ends the line; so this may
 * look past the end of the line, which the caller then notices.
 */
function afterBlanks(buffer: Uint8Array, from: number): number {
  let at = from;
  while (buffer[at] === 0x20 || buffer[at] === 0x09 || buffer[at] === 0x0d) at++;
  return at;
}

function fieldNamed(buffer: Uint8Array, start: number, end: number): number {
  const first = buffer[start];
  switch (end - start) {
    case 1:
      return first === 0x76 ? fieldV : fieldOther;
    case 2:
      return first === 0x69 && buffer[start + 1] === 0x64 ? fieldId : fieldOther;
    case 4:
      return first === 0x74 &&
        buffer[start + 1] === 0x79 &&
        buffer[start + 2] === 0x70 &&
        buffer[start + 3] === 0x65
        ? fieldType
        : fieldOther;
    case 6:
      return first === 0x74 &&
        buffer[start + 1] === 0x69 &&
        buffer[start + 2] === 0x63 &&
        buffer[start + 3] === 0x6b &&
        buffer[start + 4] === 0x65 &&
        buffer[start + 5] === 0x72
        ? fieldTicker
        : fieldOther;
    default:
      return fieldOther;
  }
}

export function textOf(buffer: Uint8Array, start: number, end: number): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset + start, end - start).toString('utf8');
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function isShortEscape(byte: number): boolean {
  switch (byte) {
    case quote:
    case backslash:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}
