import { isUtf8 } from 'node:buffer';

/** What kind of value a field has; `escaped` is a string that holds a backslash. */
export type FieldKind = 'absent' | 'null' | 'string' | 'escaped' | 'number' | 'literal' | 'nested';

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

/**
 * Reads one request without building objects: checks the whole line against the JSON grammar and
 * notes where the fields every request needs stand. The spans point into the line that was scanned,
 * which is how an id comes back digit for digit. One scanner serves all connections in turn.
 */
export class RequestScanner {
  versionIsOne = false;
  idKind: FieldKind = 'absent';
  idStart = 0;
  idEnd = 0;
  typeKind: FieldKind = 'absent';
  typeStart = 0;
  typeEnd = 0;
  tickerKind: FieldKind = 'absent';
  tickerStart = 0;
  tickerEnd = 0;
  /** True where the line is more than plain ASCII, so that an echo must be escaped. */
  wide = false;

  #buffer: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #kind: FieldKind = 'absent';
  readonly #nesting = new Uint8Array(maxDepth);

  /** False where the line is not exactly one JSON object. */
  scan(buffer: Uint8Array, start: number, end: number): boolean {
    this.versionIsOne = false;
    this.idKind = 'absent';
    this.typeKind = 'absent';
    this.tickerKind = 'absent';
    this.wide = false;
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
    if (!this.#object()) return false;
    if (this.#at !== end && afterBlanks(buffer, this.#at) !== end) return false;
    return !this.wide || isUtf8(buffer.subarray(start, end));
  }

  /** The top level, in one loop over plain numbers: this is where the time of a request goes. */
  #object(): boolean {
    const buffer = this.#buffer;
    const end = this.#end;
    let at = afterBlanks(buffer, this.#at);
    if (buffer[at] !== openBrace) return false;
    at = afterBlanks(buffer, at + 1);
    if (buffer[at] === closeBrace) {
      this.#at = at + 1;
      return at < end;
    }
    for (;;) {
      if (buffer[at] !== quote) return false;
      const keyStart = at + 1;
      this.#at = at;
      if (!this.#string()) return false;
      at = this.#at;
      const keyEnd = at - 1;
      const escapedKey = this.#kind === 'escaped';
      if (buffer[at] === colon) at++;
      else {
        at = afterBlanks(buffer, at);
        if (buffer[at++] !== colon) return false;
      }
      at = afterBlanks(buffer, at);
      const valueStart = at;
      this.#at = at;
      const first = buffer[at] as number;
      if (first === quote ? !this.#string() : !this.#value(first)) return false;
      at = this.#at;
      this.#note(keyStart, keyEnd, escapedKey, valueStart);
      at = afterBlanks(buffer, at);
      const after = buffer[at++];
      if (after === closeBrace) {
        this.#at = at;
        return at <= end;
      }
      if (after !== comma) return false;
      at = afterBlanks(buffer, at);
    }
  }

  /** Of a key that stands twice the last one counts, as with every JSON parser. */
  #note(keyStart: number, keyEnd: number, escapedKey: boolean, valueStart: number): void {
    const kind = this.#kind;
    switch (escapedKey ? this.#escapedField(keyStart, keyEnd) : this.#field(keyStart, keyEnd)) {
      case fieldV:
        this.versionIsOne = kind === 'number' && this.#isOne(valueStart, this.#at);
        return;
      case fieldId:
        this.idKind = kind;
        this.idStart = valueStart;
        this.idEnd = this.#at;
        return;
      case fieldType:
        this.typeKind = kind;
        this.typeStart = valueStart;
        this.typeEnd = this.#at;
        return;
      case fieldTicker:
        this.tickerKind = kind;
        this.tickerStart = valueStart;
        this.tickerEnd = this.#at;
        return;
      default:
        return;
    }
  }

  #field(start: number, end: number): number {
    const buffer = this.#buffer;
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

  #escapedField(start: number, end: number): number {
    const name = JSON.parse(textOf(this.#buffer, start - 1, end + 1)) as string;
    return ['', 'v', 'id', 'type', 'ticker'].indexOf(name);
  }

  #isOne(start: number, end: number): boolean {
    if (end - start === 1) return this.#buffer[start] === 0x31;
    return Number(textOf(this.#buffer, start, end)) === 1;
  }

  #value(first: number): boolean {
    if (first === openBrace || first === openBracket) return this.#nested();
    return this.#scalar(first);
  }

  #scalar(first: number): boolean {
    if (first === quote) return this.#string();
    if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return this.#number();
    if (first === 0x74) return this.#literal('true', 'literal');
    if (first === 0x66) return this.#literal('false', 'literal');
    if (first === 0x6e) return this.#literal('null', 'null');
    return false;
  }

  /** Follows arrays and objects with a stack of its own, so that no depth can exhaust the call stack. */
  #nested(): boolean {
    const nesting = this.#nesting;
    let depth = 0;
    for (;;) {
      // A value stands here.
      const first = this.#peek();
      if (first === openBrace || first === openBracket) {
        if (depth === maxDepth) return false;
        nesting[depth++] = first;
        this.#at++;
        this.#skipBlanks();
        if (this.#peek() !== (first === openBrace ? closeBrace : closeBracket)) {
          if (first === openBrace && !this.#keyAndColon()) return false;
          continue;
        }
        this.#at++;
        depth--;
      } else if (!this.#scalar(first)) {
        return false;
      }
      // A value has ended here: what closes with it, and does another follow?
      for (;;) {
        if (depth === 0) {
          this.#kind = 'nested';
          return true;
        }
        this.#skipBlanks();
        const inObject = nesting[depth - 1] === openBrace;
        const after = this.#take();
        if (after === comma) {
          this.#skipBlanks();
          if (inObject && !this.#keyAndColon()) return false;
          break;
        }
        if (after !== (inObject ? closeBrace : closeBracket)) return false;
        depth--;
      }
    }
  }

  #keyAndColon(): boolean {
    if (this.#peek() !== quote || !this.#string()) return false;
    this.#skipBlanks();
    if (this.#take() !== colon) return false;
    this.#skipBlanks();
    return true;
  }

  #string(): boolean {
    const buffer = this.#buffer;
    const end = this.#end;
    let at = this.#at + 1;
    this.#kind = 'string';
    while (at < end) {
      const byte = buffer[at] as number;
      if (byte === quote) {
        this.#at = at + 1;
        return true;
      }
      if (byte < 0x20) return false;
      if (byte === backslash) {
        this.#kind = 'escaped';
        const escaped = at + 1 < end ? (buffer[at + 1] as number) : 0;
        if (escaped === 0x75) {
          if (at + 6 > end) return false;
          for (let digit = at + 2; digit < at + 6; digit++) {
            if (!isHexDigit(buffer[digit] as number)) return false;
          }
          at += 6;
        } else if (isShortEscape(escaped)) {
          at += 2;
        } else {
          return false;
        }
      } else {
        if (byte > 0x7f) this.wide = true;
        at++;
      }
    }
    return false;
  }

  #number(): boolean {
    this.#kind = 'number';
    if (this.#peek() === 0x2d) this.#at++;
    if (this.#peek() === 0x30) this.#at++;
    else if (!this.#digits()) return false;
    const after = this.#peek();
    if (after === comma || after === closeBrace) return true;
    return this.#fraction() && this.#exponent();
  }

  #fraction(): boolean {
    if (this.#peek() !== 0x2e) return true;
    this.#at++;
    return this.#digits();
  }

  #exponent(): boolean {
    const mark = this.#peek();
    if (mark !== 0x65 && mark !== 0x45) return true;
    this.#at++;
    const sign = this.#peek();
    if (sign === 0x2b || sign === 0x2d) this.#at++;
    return this.#digits();
  }

  #digits(): boolean {
    const buffer = this.#buffer;
    const start = this.#at;
    const end = this.#end;
    let at = start;
    while (at < end && (buffer[at] as number) >= 0x30 && (buffer[at] as number) <= 0x39) at++;
    this.#at = at;
    return at > start;
  }

  #literal(word: string, kind: FieldKind): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#take() !== word.charCodeAt(i)) return false;
    }
    this.#kind = kind;
    return true;
  }

  #skipBlanks(): void {
    this.#at = afterBlanks(this.#buffer, this.#at);
  }

  #peek(): number {
    return this.#at < this.#end ? (this.#buffer[this.#at] as number) : 0;
  }

  #take(): number {
    return this.#at < this.#end ? (this.#buffer[this.#at++] as number) : 0;
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

export function textOf(buffer: Uint8Array, start: number, end: number): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset + start, end - start).toString('utf8');
}

function isHexDigit(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x46) ||
    (byte >= 0x61 && byte <= 0x66)
  );
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
