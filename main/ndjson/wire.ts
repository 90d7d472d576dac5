/** Compact JSON of ASCII characters only: what is beyond ASCII becomes \uXXXX. */
export function asciiJson(value: unknown): string {
  return escapeWide(JSON.stringify(value) ?? 'null');
}

export function escapeWide(json: string): string {
  return json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same JSON text without blanks between its parts; what stands inside strings is kept. */
export function compactJson(json: string): string {
  return json.replace(
    /("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g,
    (_, text: string | undefined) => text ?? '',
  );
}

export type ErrorCode =
  | 'BAD_REQUEST'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INTERNAL'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'LIMIT';

/** A refusal that becomes an error answer. */
export class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** `idJson` and `dataJson` are already compact ASCII JSON. */
export function responseLine(idJson: string, op: string, dataJson: string): string {
  return `{"v":1,"id":${idJson},"type":"response","op":"${op}","data":${dataJson}}\n`;
}

export function errorLine(idJson: string, code: ErrorCode, message: string): string {
  return `{"v":1,"id":${idJson},"type":"error","error":{"code":"${code}","message":${asciiJson(message)}}}\n`;
}

export function eventLine(topic: string, dataJson: string): string {
  return `{"v":1,"id":null,"type":"event","op":"${topic}","data":${dataJson}}\n`;
}

/** What asks a holder to give the session back; written as a response for the sake of older clients. */
export const releaseRequestedLine = responseLine(
  'null',
  'release_ibkr',
  '{"status":"release_requested"}',
);
