import type { Span } from './rule-calendar.ts';

const dayMinutes = 1440;

/**
 * Reads stretches of a day's trading, `09:30-16:00`. The first may begin on the day before (`17:15-17:00`); the others
 * follow it, and all together fit into 24 hours. Undefined when they do not.
 */
export function readSpans(texts: readonly string[]): readonly Span[] | undefined {
  const spans: Span[] = [];
  for (const text of texts) {
    const span = readSpan(text, spans.length === 0);
    const last = spans.at(-1);
    if (!span || (last && span[0] < last[1])) return undefined;
    spans.push(span);
  }
  const [first, last] = [spans[0], spans.at(-1)];
  if (!first || !last || last[1] - first[0] > dayMinutes) return undefined;
  return spans;
}

function readSpan(text: string, mayBeginBefore: boolean): Span | undefined {
  const found = /^(\d{1,2}):(\d\d) ?- ?(\d{1,2}):(\d\d)$/.exec(text.trim());
  const from = minuteOf(found?.[1], found?.[2]);
  const end = minuteOf(found?.[3], found?.[4]);
  // Midnight at the end is that of the day itself.
  const to = end === 0 ? dayMinutes : end;
  if (from === undefined || to === undefined || from === dayMinutes) return undefined;
  if (from < to) return [from, to];
  return mayBeginBefore ? [from - dayMinutes, to] : undefined;
}

function minuteOf(hour: string | undefined, minute: string | undefined): number | undefined {
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= dayMinutes ? total : undefined;
}

/** Does each of the inner stretches lie within one of the outer? */
export function within(inner: readonly Span[], outer: readonly Span[]): boolean {
  return inner.every(([open, close]) => outer.some(([from, to]) => open >= from && close <= to));
}
