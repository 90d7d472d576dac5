import { isTimeframe, type Timeframe } from '../../../shared/bar.ts';

/** One bar file: what it holds and what it is called. */
export interface Series {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/**
 * `AAPL_1m.csv`, `EUR.USD_1h.csv`. Dots, blanks and underscores stay as they are, as programs that share the folder
 * expect; only what a file system or a shell would trip over is escaped, as `%2F`.
 */
export function fileName(series: Series): string {
  return `${escapeSymbol(series.symbol)}_${series.timeframe}.csv`;
}

/** The series a file name stands for, or why it stands for none. */
export function seriesOfFile(name: string): Series | { readonly ignored: string } {
  if (name.startsWith('.')) return { ignored: 'hidden' };
  if (!name.endsWith('.csv')) return { ignored: 'not a .csv file' };
  const stem = name.slice(0, -'.csv'.length);
  const cut = stem.lastIndexOf('_');
  if (cut < 0) return { ignored: 'no timeframe in its name' };
  const timeframe = stem.slice(cut + 1);
  if (!isTimeframe(timeframe)) return { ignored: `no timeframe is called ${timeframe}` };
  const symbol = unescapeSymbol(stem.slice(0, cut));
  if (symbol === undefined || symbol === '') return { ignored: 'no symbol in its name' };
  // Two names for one series would be two truths, so only the canonical spelling counts.
  if (escapeSymbol(symbol) !== stem.slice(0, cut)) return { ignored: 'not the canonical name' };
  return { symbol, timeframe };
}

export function seriesKey(series: Series): string {
  return `${series.symbol}_${series.timeframe}`;
}

const awkward = /[\u0000-\u001f\u007f/\\:*?"<>|%]/g;
// Windows takes these for devices whatever follows the first dot.
const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.)/i;

function escapeSymbol(symbol: string): string {
  const escaped = symbol.replace(awkward, percent);
  if (escaped.startsWith('.') || device.test(escaped)) {
    return percent(escaped.charAt(0)) + escaped.slice(1);
  }
  return escaped;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function unescapeSymbol(escaped: string): string | undefined {
  if (/%(?![0-9A-F]{2})/.test(escaped)) return undefined;
  return escaped.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
