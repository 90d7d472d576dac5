import type { Advice, AdviceContext } from './advice.ts';
import { catalogue } from './catalogue.ts';
import { historicalAdvice, historicalErrorOf } from './historical-error.ts';

export type { Advice, AdviceContext } from './advice.ts';
export { type HistoricalError, historicalErrorOf } from './historical-error.ts';

/** Every code there is advice for, smallest first. */
export const advisedCodes: readonly number[] = [...Object.keys(catalogue).map(Number), 162].sort(
  (a, b) => a - b,
);

/** What a message means; an unknown code is explained by its own text. */
export function adviceFor(code: number, message = ''): Advice {
  if (code === 162) return { code, ...historicalAdvice[historicalErrorOf(message)] };
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  if (entry) return { code, ...entry };
  return unknown(code, message);
}

function unknown(code: number, message: string): Advice {
  // IBKR keeps 2100 to 2199 and everything above 10000 that it calls a warning for notes about
  // requests that go on; ending a request over a note would lose its data.
  const notice = (code >= 2100 && code < 2200) || /^\s*warning/i.test(message);
  return {
    code,
    severity: notice ? 'info' : 'error',
    meaning: message === '' ? `IBKR sent code ${code}.` : message,
    effect: notice ? 'Nothing that is known.' : 'The request it belongs to failed.',
    todo: notice ? [] : ['Look the code up in the API message codes of IBKR.'],
    endsRequest: !notice,
  };
}

/** One line for a log or a list: what was asked, what happened, what it does. */
export function explain(code: number, message: string, context: AdviceContext = {}): string {
  const advice = adviceFor(code, message);
  const asked = askedFor(context);
  const said = advice.meaning === message ? '' : ` (IBKR ${code}: ${message})`;
  return `${asked === '' ? '' : `${asked}: `}${advice.meaning}${said} ${advice.effect}`.trim();
}

function askedFor({ symbol, request }: AdviceContext): string {
  if (symbol && request) return `${capital(request)} for ${symbol}`;
  if (symbol) return symbol;
  return request ? capital(request) : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The tips of a code as a library user asks for them; an unknown code has none. */
export function getErrorTips(
  code: number,
): { readonly description: string; readonly tips: readonly string[] } | Record<string, never> {
  if (code !== 162 && !Object.hasOwn(catalogue, code)) return {};
  const advice = code === 162 ? adviceFor(162, 'pacing violation') : adviceFor(code);
  return {
    description: `${advice.meaning} ${advice.effect}`,
    tips: advice.todo,
  };
}
