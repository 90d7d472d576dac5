import fs from 'node:fs';

/**
 * A watchlist as people give it: symbols parted by commas or blanks, or a table (CSV, with commas, semicolons or tabs)
 * with a `Ticker` or `Symbol` column, or a file with one symbol a line. Each symbol once, in the order given.
 */
export function readWatchlist(text: string): readonly string[] {
  const given = text.trim();
  const content = /[/\\]|\.(csv|tsv|txt)$/i.test(given)
    ? fs.readFileSync(given, 'utf8')
    : undefined;
  const symbols = content === undefined ? given.split(/[\s,;]+/) : symbolsOfFile(content);
  return [...new Set(symbols.map((symbol) => symbol.trim()).filter((symbol) => symbol !== ''))];
}

const separators = [',', ';', '\t'] as const;
/** Where a table has both, the symbol is often a name of its maker's own. */
const columnNames = ['ticker', 'symbol'] as const;

function symbolsOfFile(content: string): readonly string[] {
  const text = content.replace(/^\ufeff/, '');
  for (const name of columnNames) {
    for (const separator of separators) {
      const symbols = column(rowsOf(text, separator), name);
      if (symbols) return symbols;
    }
  }
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith('#'));
  return lines.flatMap((line) => line.split(/[\s,;"]+/));
}

/** What stands under this name; undefined when the first row that is neither blank nor a remark does not have it. */
function column(
  rows: readonly (readonly string[])[],
  name: (typeof columnNames)[number],
): readonly string[] | undefined {
  const nthOf = (row: readonly string[]) =>
    row.findIndex((field) => field.trim().toLowerCase() === name);
  const header = rows.findIndex(
    // The first column may be called `#` itself.
    (row) => nthOf(row) >= 0 || !/^\s*(#|$)/.test(row[0] ?? ''),
  );
  const nth = nthOf(rows[header] ?? []);
  return nth < 0 ? undefined : rows.slice(header + 1).map((row) => row[nth] ?? '');
}

/** A quoted field may hold separators, line ends and, doubled, quotes. */
function rowsOf(text: string, separator: (typeof separators)[number]): string[][] {
  const field = new RegExp(
    ` *"((?:[^"]|"")*)" *(?=${separator}|\r?\n|$)|([^${separator}\r\n]*)`,
    'y',
  );
  const rows: string[][] = [[]];
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const [whole, quoted, plain] = field.exec(text) as RegExpExecArray;
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    const after = at + whole.length;
    if (text[after] !== separator) rows.push([]);
    field.lastIndex = after + (text[after] === '\r' && text[after + 1] === '\n' ? 2 : 1);
  }
  return rows;
}
