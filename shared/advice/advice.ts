/** What an IBKR message means to the person who reads it. */
export interface Advice {
  readonly code: number;
  readonly severity: 'info' | 'warning' | 'error';
  /** What happened. */
  readonly meaning: string;
  /** What it does to the data or the connection. */
  readonly effect: string;
  /** What to do about it, most likely help first; empty when nothing is needed. */
  readonly todo: readonly string[];
  /** The request it names is over; false when data may still follow. */
  readonly endsRequest: boolean;
}

/** What had been asked when the message came. */
export interface AdviceContext {
  readonly symbol?: string | null | undefined;
  /** In words: `live quotes`, `1d bars`. */
  readonly request?: string | null | undefined;
}
