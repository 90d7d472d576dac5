import type { AnswerBuffer } from './answer-buffer.ts';
import type { QuoteCells } from './quote-cells.ts';
import type { Handler, Peer, Reply, Request } from './request.ts';
import { kinds, RequestScanner, textOf } from './request-scanner.ts';
import { compactJson, escapeWide, Refusal } from './wire.ts';

const getQuote = Buffer.from('"get_quote"');
/** A number of its own: to compare with the length of a buffer costs more than a byte does. */
const getQuoteLength = 11;

/** What became of a line: already answered, or here is what to answer with. */
export type Dispatched =
  | 'answered'
  | { readonly kind: 'refused'; readonly idJson: string; readonly refusal: Refusal }
  | { readonly kind: 'reply'; readonly request: Request; readonly reply: Reply };

/** Turns a line into its answer. Quotes, the most asked for by far, never become objects. */
export class Dispatcher {
  readonly #scanner = new RequestScanner();
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #quotes: QuoteCells | null;
  readonly #otherwise: Refusal;

  /** Without `quotes` every request goes through its handler; `otherwise` refuses the rest. */
  constructor(
    handlers: Readonly<Record<string, Handler>>,
    quotes: QuoteCells | null,
    otherwise = new Refusal('BAD_REQUEST', 'Unknown request type'),
  ) {
    this.#handlers = new Map(Object.entries(handlers));
    this.#quotes = quotes;
    this.#otherwise = otherwise;
  }

  dispatch(
    line: Buffer,
    start: number,
    end: number,
    now: number,
    peer: Peer,
    out: AnswerBuffer,
  ): Dispatched {
    const scanner = this.#scanner;
    if (!scanner.scan(line, start, end)) {
      return refused('null', new Refusal('BAD_REQUEST', 'Malformed JSON'));
    }
    const hasId = scanner.idKind !== kinds.absent && scanner.idKind !== kinds.null;
    if (!scanner.versionIsOne || !hasId || scanner.typeKind === kinds.absent) {
      const missing = [
        ...(scanner.versionIsOne ? [] : ['v']),
        ...(hasId ? [] : ['id']),
        ...(scanner.typeKind === kinds.absent ? ['type'] : []),
      ];
      return refused(
        this.#idJson(line),
        new Refusal('BAD_REQUEST', `Missing required fields: ${missing.join(', ')}`),
      );
    }
    try {
      if (this.#quoteAtOnce(line, now, out)) return 'answered';
      return this.#handle(line, start, end, peer);
    } catch (error) {
      return refused(this.#idJson(line), asRefusal(error));
    }
  }

  /** The short way for a plain get_quote of a known ticker. */
  #quoteAtOnce(line: Buffer, now: number, out: AnswerBuffer): boolean {
    const scanner = this.#scanner;
    const quotes = this.#quotes;
    if (quotes === null) return false;
    const { typeStart, typeEnd, idKind, idStart, idEnd } = scanner;
    if (scanner.tickerKind !== kinds.string || idKind === kinds.nested || scanner.wide)
      return false;
    if (typeEnd - typeStart !== getQuoteLength) return false;
    for (let i = 0; i < getQuoteLength; i++) {
      if (line[typeStart + i] !== getQuote[i]) return false;
    }
    const from = scanner.tickerStart + 1;
    const to = scanner.tickerEnd - 1;
    if (
      !quotes.answers.find(line, from, to, now) &&
      !quotes.prepare(line.toString('latin1', from, to), now)
    ) {
      return false;
    }
    out.answer(line, idStart, idEnd, quotes.answers);
    return true;
  }

  #handle(line: Buffer, start: number, end: number, peer: Peer): Dispatched {
    const idJson = this.#idJson(line);
    const type = this.#type(line);
    const handler = type === null ? undefined : this.#handlers.get(type);
    if (type === null || handler === undefined) {
      return refused(idJson, this.#otherwise);
    }
    const request = new LazyRequest(
      idJson,
      type,
      peer,
      // The line's memory is used again for the next one, so the text is taken now.
      textOf(line, start, end),
    );
    return { kind: 'reply', request, reply: handler(request) };
  }

  #idJson(line: Buffer): string {
    const { idKind, idStart, idEnd } = this.#scanner;
    if (idKind === kinds.absent) return 'null';
    const json = textOf(line, idStart, idEnd);
    return escapeWide(idKind === kinds.nested ? compactJson(json) : json);
  }

  #type(line: Buffer): string | null {
    const { typeKind, typeStart, typeEnd } = this.#scanner;
    if (typeKind !== kinds.string && typeKind !== kinds.escaped) return null;
    return JSON.parse(textOf(line, typeStart, typeEnd)) as string;
  }
}

export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal('INTERNAL', error instanceof Error ? error.message : String(error));
}

function refused(idJson: string, refusal: Refusal): Dispatched {
  return { kind: 'refused', idJson, refusal };
}

class LazyRequest implements Request {
  readonly idJson: string;
  readonly type: string;
  readonly peer: Peer;
  readonly text: string;
  #fields: Readonly<Record<string, unknown>> | null = null;

  constructor(idJson: string, type: string, peer: Peer, text: string) {
    this.idJson = idJson;
    this.type = type;
    this.peer = peer;
    this.text = text;
  }

  get fields(): Readonly<Record<string, unknown>> {
    this.#fields ??= JSON.parse(this.text) as Readonly<Record<string, unknown>>;
    return this.#fields;
  }
}
