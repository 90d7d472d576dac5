import { type Answer, type AnswerName, answers } from './answers.ts';
import { type Request, type RequestName, requests, unserved } from './requests.ts';
import { type Field, type Message, present } from './schema.ts';

/** A message that is not what its number promises. */
export class DecodeError extends Error {
  readonly reqId: number;

  constructor(text: string, reqId = -1) {
    super(text);
    this.name = 'DecodeError';
    this.reqId = reqId;
  }
}

export type DecodedRequest =
  | { readonly [N in RequestName]: { readonly name: N; readonly values: Request<N> } }[RequestName]
  | {
      readonly name: 'unserved';
      readonly values: { readonly request: string; readonly reqId: number };
    };

export type DecodedAnswer = {
  readonly [N in AnswerName]: { readonly name: N; readonly values: Answer<N> };
}[AnswerName];

const requestById = byId(requests);
const answerById = byId(answers);
/** More fields than any message has, so that a hostile frame costs little. */
const mostEntries = 1_000_000;

/** Reads one request as a client of that server version writes it. Throws DecodeError. */
export function decodeRequest(payload: Buffer, version: number): DecodedRequest {
  return readRequest(payload, version).request;
}

/** The same, with how many fields stood behind it; a gateway does not mind those. */
export function readRequest(
  payload: Buffer,
  version: number,
): { readonly request: DecodedRequest; readonly left: number } {
  const cursor = new Cursor(payload);
  const id = cursor.int('message number');
  const known = requestById.get(id);
  if (!known) return { request: refused(cursor, id), left: 0 };
  const values: Record<string, unknown> = {};
  try {
    read(known.message.fields, version, cursor, values);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const reqId = values['reqId'];
    throw new DecodeError(
      `${known.name}: ${error.message}`,
      typeof reqId === 'number' ? reqId : -1,
    );
  }
  return { request: { name: known.name, values } as unknown as DecodedRequest, left: cursor.left };
}

/** Reads one answer the way a strict client would: a field too few or too many is an error. */
export function decodeAnswer(payload: Buffer, version: number): DecodedAnswer {
  const cursor = new Cursor(payload);
  const id = cursor.int('message number');
  const known = answerById.get(id);
  if (!known) throw new DecodeError(`No answer has the number ${id}.`);
  const values: Record<string, unknown> = {};
  read(known.message.fields, version, cursor, values);
  if (cursor.left > 0) throw new DecodeError(`${known.name}: ${cursor.left} fields too many.`);
  return { name: known.name, values } as unknown as DecodedAnswer;
}

function refused(cursor: Cursor, id: number): DecodedRequest {
  const known = unserved[id];
  if (!known) throw new DecodeError(`Unknown message number ${id}.`);
  if (known.version) cursor.text('version');
  const reqId = known.id ? cursor.int('request id') : -1;
  return { name: 'unserved', values: { request: known.name, reqId } };
}

function read(
  fields: readonly Field[],
  version: number,
  cursor: Cursor,
  into: Record<string, unknown>,
): void {
  for (const field of fields) {
    const here = present(field, version) && (!field.when || field.when(into));
    if (field.kind === 'fixed') {
      if (here) cursor.text(field.kind);
    } else {
      into[field.name] = here ? value(field, version, cursor) : empty(field);
    }
  }
}

function value(field: Field, version: number, cursor: Cursor): unknown {
  switch (field.kind) {
    case 'int':
      return cursor.int(field.name);
    case 'double':
      return cursor.double(field.name);
    case 'flag':
      return cursor.flag(field.name);
    case 'text':
    case 'fixed':
      return cursor.text(field.name);
    case 'escaped':
      return unescaped(cursor.text(field.name));
    case 'list': {
      const entries: Record<string, unknown>[] = [];
      const count = cursor.int(field.name);
      if (count < 0 || count > mostEntries) {
        throw new DecodeError(`${field.name}: ${count} entries cannot be.`);
      }
      for (let i = 0; i < count; i++) {
        const entry: Record<string, unknown> = {};
        read(field.fields ?? [], version, cursor, entry);
        entries.push(entry);
      }
      return entries;
    }
  }
}

function empty(field: Field): unknown {
  switch (field.kind) {
    case 'int':
    case 'double':
      return 0;
    case 'flag':
      return false;
    case 'text':
    case 'escaped':
    case 'fixed':
      return '';
    case 'list':
      return [];
  }
}

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Walks the zero-terminated fields of one payload. */
class Cursor {
  readonly #fields: readonly string[];
  #at = 0;

  constructor(payload: Buffer) {
    if (payload.length === 0 || payload[payload.length - 1] !== 0) {
      throw new DecodeError('The message does not end with a zero byte.');
    }
    this.#fields = payload.toString('utf8', 0, payload.length - 1).split('\0');
  }

  get left(): number {
    return this.#fields.length - this.#at;
  }

  text(name: string): string {
    const field = this.#fields[this.#at];
    if (field === undefined) throw new DecodeError(`It ends before ${name}.`);
    this.#at++;
    return field;
  }

  int(name: string): number {
    const field = this.text(name);
    if (field === '') return 0;
    if (!/^[+-]?\d{1,18}$/.test(field)) throw new DecodeError(notANumber(name, field));
    return Number(field);
  }

  double(name: string): number {
    const field = this.text(name);
    if (field === '') return 0;
    if (/^-?Infinit(e|y)$/.test(field)) return Number.POSITIVE_INFINITY;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(field)) {
      throw new DecodeError(notANumber(name, field));
    }
    return Number(field);
  }

  flag(name: string): boolean {
    const field = this.text(name);
    return field !== '' && field !== '0' && field.toLowerCase() !== 'false';
  }
}

function notANumber(name: string, field: string): string {
  return `${name}: unable to parse data. For input string: "${field.slice(0, 40)}"`;
}

function byId<T extends Readonly<Record<string, Message>>>(
  table: T,
): Map<number, { readonly name: keyof T & string; readonly message: Message }> {
  return new Map(Object.entries(table).map(([name, message]) => [message.id, { name, message }]));
}
