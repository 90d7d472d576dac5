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
    this.#skipBlanks();
    if (this.#at !== end) return false;
    return !this.wide || isUtf8(buffer.subarray(start, end));
  }

  #object(): boolean {
    this.#skipBlanks();
    if (this.#take() !== openBrace) return false;
    this.#skipBlanks();
    if (this.#peek() === closeBrace) {
      this.#at++;
      return true;
    }
    for (;;) {
      if (this.#peek() !== quote) return false;
      const keyStart = this.#at + 1;
      if (!this.#string()) return false;
      const keyEnd = this.#at - 1;
      const escapedKey = this.#kind === 'escaped';
      this.#skipBlanks();
      if (this.#take() !== colon) return false;
      this.#skipBlanks();
      const valueStart = this.#at;
      if (!this.#value()) return false;
      this.#note(keyStart, keyEnd, escapedKey, valueStart);
      this.#skipBlanks();
      const after = this.#take();
      if (after === closeBrace) return true;
      if (after !== comma) return false;
      this.#skipBlanks();
    }
  }

  /** Of a key that stands twice the last one counts, as with every JSON parser. */
  #note(keyStart: number, keyEnd: number, escapedKey: boolean, valueStart: number): void {
    const key = escapedKey ? this.#unescapedKey(keyStart, keyEnd) : this.#key(keyStart, keyEnd);
    const valueEnd = this.#at;
    const kind = this.#kind;
    switch (key) {
      case 'v':
        this.versionIsOne = kind === 'number' && this.#isOne(valueStart, valueEnd);
        return;
      case 'id':
        this.idKind = kind;
        this.idStart = valueStart;
        this.idEnd = valueEnd;
        return;
      case 'type':
        this.typeKind = kind;
        this.typeStart = valueStart;
        this.typeEnd = valueEnd;
        return;
      case 'ticker':
        this.tickerKind = kind;
        this.tickerStart = valueStart;
        this.tickerEnd = valueEnd;
        return;
      default:
        return;
    }
  }

  #key(start: number, end: number): 'v' | 'id' | 'type' | 'ticker' | '' {
    const buffer = this.#buffer;
    switch (end - start) {
      case 1:
        return buffer[start] === 0x76 ? 'v' : '';
      case 2:
        return buffer[start] === 0x69 && buffer[start + 1] === 0x64 ? 'id' : '';
      case 4:
        return buffer[start] === 0x74 &&
          buffer[start + 1] === 0x79 &&
          buffer[start + 2] === 0x70 &&
          buffer[start + 3] === 0x65
          ? 'type'
          : '';
      case 6:
        return buffer[start] === 0x74 &&
          buffer[start + 1] === 0x69 &&
          buffer[start + 2] === 0x63 &&
          buffer[start + 3] === 0x6b &&
          buffer[start + 4] === 0x65 &&
          buffer[start + 5] === 0x72
          ? 'ticker'
          : '';
      default:
        return '';
    }
  }

  #unescapedKey(start: number, end: number): string {
    return JSON.parse(textOf(this.#buffer, start - 1, end + 1)) as string;
  }

  #isOne(start: number, end: number): boolean {
    if (end - start === 1) return this.#buffer[start] === 0x31;
    return Number(textOf(this.#buffer, start, end)) === 1;
  }

  #value(): boolean {
    const first = this.#peek();
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
    if (this.#peek() === 0x2e) {
      this.#at++;
      if (!this.#digits()) return false;
    }
    const exponent = this.#peek();
    if (exponent === 0x65 || exponent === 0x45) {
      this.#at++;
      const sign = this.#peek();
      if (sign === 0x2b || sign === 0x2d) this.#at++;
      if (!this.#digits()) return false;
    }
    return true;
  }

  #digits(): boolean {
    const start = this.#at;
    let byte = this.#peek();
    while (byte >= 0x30 && byte <= 0x39) {
      this.#at++;
      byte = this.#peek();
    }
    return this.#at > start;
  }

  #literal(word: string, kind: FieldKind): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#take() !== word.charCodeAt(i)) return false;
    }
    this.#kind = kind;
    return true;
  }

  #skipBlanks(): void {
    const buffer = this.#buffer;
    let at = this.#at;
    while (at < this.#end) {
      const byte = buffer[at];
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) break;
      at++;
    }
    this.#at = at;
  }

  #peek(): number {
    return this.#at < this.#end ? (this.#buffer[this.#at] as number) : 0;
  }

  #take(): number {
    return this.#at < this.#end ? (this.#buffer[this.#at++] as number) : 0;
  }
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
