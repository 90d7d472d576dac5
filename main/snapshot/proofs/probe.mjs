/** Reads one series of each segment named and prints it, or the code of what went wrong. */
import { Bars } from '../../../clients/node/bars.mjs';

const [how, seconds, ...targets] = process.argv.slice(2);
const said = [];
for (let i = 0; i < targets.length; i += 2) {
  try {
    const bars = new Bars(targets[i], { native: how === 'native', budgetMs: 100 });
    const history = bars.history(targets[i + 1], Number(seconds));
    const rows = history.rows();
    const { provisional } = history;
    if (how === 'native') {
      const opens = bars.compute(targets[i + 1], Number(seconds), (view) => [...view.open]);
      const marked = bars.compute(targets[i + 1], Number(seconds), (view) => view.provisional);
      if (marked !== provisional) throw new Error('views are marked otherwise');
      if (String(opens) !== String(rows.map((row) => row.open))) throw new Error('views differ');
    }
    const series = bars.list().map((entry) => [entry.symbol, entry.barSeconds]);
    said.push({ series, rows: rows.map((row) => Object.values(row)), provisional });
    bars.close();
  } catch (error) {
    said.push({ code: error.code ?? String(error) });
  }
}
console.log(JSON.stringify(said));
