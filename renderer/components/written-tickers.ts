import { askedTicker, tickerOf } from '../../shared/instrument.ts';

/** The tickers of a list with commas or blanks between them; `brk b` is one, a class after a blank. */
export function writtenTickers(text: string): readonly string[] {
  const joined = text.replace(/\b([A-Za-z]+) +([ABab])(?=[\s,;]|$)/g, '$1.$2');
  const names = joined.split(/[\s,;]+/).filter((name) => name !== '');
  return [...new Set(names.map(tickerOf))];
}

/** Why this cannot be a ticker, in a sentence; null when it can. */
export function whyNoTicker(name: string): string | null {
  if (name.length > askedTicker.longest) {
    return `${name} has more than ${askedTicker.longest} characters.`;
  }
  return askedTicker.shape.test(name)
    ? null
    : `${name} is not a ticker, as in ${askedTicker.examples}.`;
}
