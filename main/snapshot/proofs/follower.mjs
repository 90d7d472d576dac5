/** Follows a series by its tails and says whether they add up to the series itself. */
import { Bars } from '../../../clients/node/bars.mjs';

const [name, symbol, seconds, changes, how] = process.argv.slice(2);
const bars = new Bars(name, { native: how === 'native', budgetMs: 5000 });
let last = bars.history(symbol, Number(seconds));
let mine = last.rows();
let rewritten = 0;
for (let i = 0; i < Number(changes); i++) {
  await bars.wait(undefined, { timeoutMs: 10_000 });
  last = bars.tail(last);
  if (last.rewritten) rewritten++;
  mine = [...mine.slice(0, last.start), ...last.rows()];
}
const whole = bars.history(symbol, Number(seconds)).rows().slice(0, mine.length);
const same = JSON.stringify(mine.slice(0, -1)) === JSON.stringify(whole.slice(0, -1));
console.log(JSON.stringify({ same, grew: mine.length > 1, rewritten: rewritten > 0 }));
