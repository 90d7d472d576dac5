import { type Answer, type AnswerName, answers } from './answers.ts';
import { type Request, type RequestName, requests } from './requests.ts';
import { type Field, type Message, present } from './schema.ts';
import { Sink } from './sink.ts';
import { since } from './versions.ts';

type Source = Readonly<Record<string, unknown>>;
type Write = (sink: Sink, source: Source) => void;

const compiled = new Map<Message, Map<number, Write>>();

/** Writes one framed answer as a client of that server version reads it. */
export function encodeAnswer<N extends AnswerName>(
  sink: Sink,
  name: N,
  values: Answer<N>,
  version: number,
): void {
  encodeMessage(sink, answers[name], values as Source, version);
}

/** The client's side of the table: tests and probes speak through it. */
export function encodeRequest<N extends RequestName>(
  sink: Sink,
  name: N,
  values: Request<N>,
  version: number,
): void {
  encodeMessage(sink, requests[name], values as Source, version);
}

/** One framed message in a buffer of its own. */
export function answerFrame<N extends AnswerName>(
  name: N,
  values: Answer<N>,
  version: number,
): Buffer {
  const sink = new Sink(256);
  encodeAnswer(sink, name, values, version);
  return sink.take();
}

function encodeMessage(sink: Sink, message: Message, values: Source, version: number): void {
  sink.begin();
  writerOf(message, version)(sink, values);
  sink.end();
}

function writerOf(message: Message, version: number): Write {
  let versions = compiled.get(message);
  if (!versions) {
    versions = new Map();
    compiled.set(message, versions);
  }
  let write = versions.get(version);
  if (!write) {
    const fields = sequence(message.fields, version);
    write = (sink, source) => {
      sink.int(message.id);
      fields(sink, source);
    };
    versions.set(version, write);
  }
  return write;
}

function sequence(fields: readonly Field[], version: number): Write {
  const writes = fields.filter((field) => present(field, version)).map((f) => single(f, version));
  return (sink, source) => {
    for (const write of writes) write(sink, source);
  };
}

function single(field: Field, version: number): Write {
  const write = plain(field, version);
  const { when } = field;
  if (!when) return write;
  return (sink, source) => {
    if (when(source)) write(sink, source);
  };
}

function plain(field: Field, version: number): Write {
  const { name } = field;
  switch (field.kind) {
    case 'int':
      return (sink, source) => sink.int(source[name] as number);
    case 'double':
      return (sink, source) => sink.double(source[name] as number);
    case 'text':
      return (sink, source) => sink.text(source[name] as string);
    case 'escaped':
      return version >= since.asciiText
        ? (sink, source) => sink.text(escapeText(source[name] as string))
        : (sink, source) => sink.text(source[name] as string);
    case 'flag':
      return (sink, source) => sink.int(source[name] ? 1 : 0);
    case 'fixed': {
      const value = String(field.value);
      return (sink) => sink.text(value);
    }
    case 'list': {
      const entry = sequence(field.fields ?? [], version);
      return (sink, source) => {
        const entries = source[name] as readonly Source[];
        sink.int(entries.length);
        for (const one of entries) entry(sink, one);
      };
    }
  }
}

export function escapeText(value: string): string {
  return value.replace(
    /[^\0-\x7f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
