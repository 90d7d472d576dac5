/** How far back a request reaches, in IBKR's words: `1800 S`, `5 D`, `2 Y`. `D` counts sessions. */
export interface Duration {
  readonly count: number;
  readonly unit: 'S' | 'D' | 'Y';
}

export function durationText({ count, unit }: Duration): string {
  return `${count} ${unit}`;
}

const longestSeconds = 28_800;
/** Fewer than any exchange has in a year, whose holidays fall on other days every time. */
const sessionsPerYear = 240;

/** The steps IBKR takes seconds in; never fewer than asked for. */
export function seconds(span: number): Duration | undefined {
  const step = span <= 1800 ? 60 : 1800;
  const count = Math.max(60, Math.ceil(span / step) * step);
  return count <= longestSeconds ? { count, unit: 'S' } : undefined;
}

/** Whole sessions; more than 365 must be asked for in years. Never rounded down: a hole would stay for ever. */
export function sessions(count: number): Duration {
  return count <= 365
    ? { count: Math.max(1, count), unit: 'D' }
    : { count: Math.ceil(count / sessionsPerYear), unit: 'Y' };
}
