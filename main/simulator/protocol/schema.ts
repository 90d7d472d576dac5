/**
 * How a message is described: a number and its fields in the order they stand on the wire, each with the server
 * versions that carry it. The same description encodes, decodes and types the message.
 */
export type Kind = 'int' | 'double' | 'text' | 'escaped' | 'flag' | 'list' | 'fixed';

declare const type: unique symbol;

export interface Field<N extends string = string, T = unknown> {
  readonly name: N;
  readonly kind: Kind;
  /** On the wire from this server version on. */
  readonly since?: number;
  /** On the wire up to, not including, this server version. */
  readonly before?: number;
  /** On the wire only when what was read or is to be written so far says so. */
  readonly when?: (message: Readonly<Record<string, unknown>>) => boolean;
  /** What a `fixed` field always says. */
  readonly value?: number | string;
  /** What each entry of a `list` is made of; a count precedes the entries. */
  readonly fields?: readonly Field[];
  readonly [type]?: T;
}

export interface Message<F extends readonly Field[] = readonly Field[]> {
  readonly id: number;
  readonly fields: F;
}

type Fixed = '';

/** The object a list of fields stands for. */
export type Values<F extends readonly Field[]> = {
  readonly [K in F[number] as K['name'] extends Fixed ? never : K['name']]: K extends Field<
    string,
    infer T
  >
    ? T
    : never;
};

export type ValuesOf<M> = M extends Message<infer F> ? Values<F> : never;

export function message<const F extends readonly Field[]>(id: number, ...fields: F): Message<F> {
  return { id, fields };
}

export const int = <N extends string>(name: N): Field<N, number> => ({ name, kind: 'int' });
export const double = <N extends string>(name: N): Field<N, number> => ({ name, kind: 'double' });
export const text = <N extends string>(name: N): Field<N, string> => ({ name, kind: 'text' });
/** Text whose characters outside ASCII travel as `\uXXXX` from server version 153 on. */
export const escaped = <N extends string>(name: N): Field<N, string> => ({ name, kind: 'escaped' });
export const flag = <N extends string>(name: N): Field<N, boolean> => ({ name, kind: 'flag' });

/** A field that always says the same, such as a message's own version number or something IBKR no longer uses. */
export const fixed = (value: number | string): Field<Fixed, never> => ({
  name: '',
  kind: 'fixed',
  value,
});

export function list<N extends string, const F extends readonly Field[]>(
  name: N,
  ...fields: F
): Field<N, readonly Values<F>[]> {
  return { name, kind: 'list', fields };
}

export function from<N extends string, T>(version: number, field: Field<N, T>): Field<N, T> {
  return { ...field, since: version };
}

export function upTo<N extends string, T>(version: number, field: Field<N, T>): Field<N, T> {
  return { ...field, before: version };
}

export function when<N extends string, T>(
  condition: (message: Readonly<Record<string, unknown>>) => boolean,
  field: Field<N, T>,
): Field<N, T> {
  return { ...field, when: condition };
}

export function present(field: Field, version: number): boolean {
  return version >= (field.since ?? 0) && version < (field.before ?? Number.POSITIVE_INFINITY);
}
