import fs from 'node:fs';

/**
 * A watchlist as people give it: symbols parted by commas or blanks, or a CSV file with a `Ticker` column, or a file
 * with one symbol a line. Each symbol once, in the order given.
 */
export function readWatchlist(text: string): readonly string[] {
  const given = text.trim();
  const content = /[/\\]|\.(csv|txt)$/i.test(given) ? fs.readFileSync(given, 'utf8') : undefined;
  const symbols = content === undefined ? given.split(/[\s,;]+/) : symbolsOfFile(content);
  return [...new Set(symbols.map((symbol) => symbol.trim()).filter((symbol) => symbol !== ''))];
}

function symbolsOfFile(content: string): string[] {
  const lines = content.replace(/^\ufeff/, '').split(/\r?\n/);
  const header = csvFields(lines[0] ?? '');
  const column = header.findIndex((name) => /^(ticker|symbol)$/i.test(name.trim()));
  if (column < 0)
    return lines.filter((line) => !line.startsWith('#')).flatMap((line) => line.split(/[\s,;]+/));
  return lines.slice(1).map((line) => csvFields(line)[column] ?? '');
}

function csvFields(line: string): string[] {
  const fields = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return fields.map((field) =>
    field
      .replace(/,$/, '')
      .replace(/^"([\s\S]*)"$/, '$1')
      .replaceAll('""', '"'),
  );
}
