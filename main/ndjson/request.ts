import type { LeaseAsker } from './ports.ts';
import { Refusal } from './wire.ts';

/** Who is at the other end of a connection, as a handler may know it. */
export interface Peer extends LeaseAsker {
  /** Bytes it has not taken yet. */
  readonly backlog: number;
  /** Says what the program calls itself. */
  introduce(name: string): void;
  /** Sends a line that answers no request. */
  send(line: string): void;
  sendBytes(bytes: Buffer): void;
}

/** One request, already known to be well formed. */
export interface Request {
  readonly idJson: string;
  readonly type: string;
  /** The line it came in. */
  readonly text: string;
  /** The fields as a JSON parser sees them; made when first asked for. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly peer: Peer;
}

/**
 * `now` is written at once. `in-order` holds up the requests behind it on the same connection;
 * `later` lets them pass. Data is compact ASCII JSON.
 */
export type Reply =
  | { readonly when: 'now'; readonly data: string }
  | { readonly when: 'in-order'; readonly data: Promise<string> }
  | { readonly when: 'later'; readonly data: Promise<string> };

export type Handler = (request: Request) => Reply;

export function reply(data: string): Reply {
  return { when: 'now', data };
}

/** A field that may be absent or null, and otherwise must be a text of a sensible length. */
export function optionalText(request: Request, name: string, maxLength = 200): string | null {
  const value = request.fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value === '' || value.length > maxLength) {
    throw new Refusal('BAD_REQUEST', `${name} must be a text of 1 to ${maxLength} characters`);
  }
  return value;
}

export function optionalInteger(
  request: Request,
  name: string,
  least: number,
  most: number,
): number | null {
  const value = request.fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new Refusal('BAD_REQUEST', `${name} must be a whole number from ${least} to ${most}`);
  }
  return value;
}
