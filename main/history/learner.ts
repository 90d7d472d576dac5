import type { Desk } from './desk.ts';
import type { Failed, HoursAnswer, ScheduleAnswer } from './ports.ts';

const againAfterMs = 24 * 3_600_000;
/** When every symbol of a kind was refused. */
const nobodyKnowsMs = 600_000;
/** Each try costs requests for history, which holes need too. */
const nextSymbolMs = 60_000;
const shownWarnings = 3;

interface Kind {
  readonly key: string;
  readonly symbols: readonly string[];
}

type Outcome = 'learnt' | 'unknown-symbol' | 'refused';

/**
 * Asks the broker once a day for the hours of one instrument of each kind: what was, from its schedule, and what comes,
 * from the contract's details. Where it does not tell for one symbol, another of the kind is asked.
 */
export class HoursLearner {
  readonly #desk: Desk;
  #run: Promise<void> | undefined;
  /** When a symbol was last asked for in vain. */
  readonly #inVain = new Map<string, number>();
  /** How the last try with a kind ended, where it ended in vain. */
  readonly #lastTry = new Map<string, { readonly at: number; readonly outcome: Outcome }>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Resolves when all that can be learnt now is learnt. */
  async learnDue(symbols: readonly string[]): Promise<void> {
    if (this.#run) return this.#run;
    if (this.#desk.mayAsk('background') !== 'yes') return;
    if (this.#due(symbols).length === 0) return;
    this.#run = this.#learn(symbols).finally(() => {
      this.#run = undefined;
    });
    await this.#run;
  }

  /** The kinds whose hours were not learnt today. */
  #due(symbols: readonly string[]): readonly Kind[] {
    const now = this.#desk.now();
    const kinds = new Map<string, Set<string>>();
    for (const symbol of symbols) {
      const key = this.#desk.calendars.keyOf(symbol);
      const kind = kinds.get(key);
      if (kind) kind.add(symbol);
      else kinds.set(key, new Set([symbol]));
    }
    return [...kinds]
      .map(([key, kind]): Kind => ({ key, symbols: [...kind] }))
      .filter((kind) => {
        const learntAt = this.#desk.calendars.askedAt(kind.symbols[0] as string);
        return now - learntAt >= againAfterMs && now >= this.#notBefore(kind);
      });
  }

  #notBefore({ key, symbols }: Kind): number {
    const last = this.#lastTry.get(key);
    if (!last) return Number.NEGATIVE_INFINITY;
    if (symbols.every((symbol) => this.#inVain.has(symbol))) return last.at + nobodyKnowsMs;
    return last.outcome === 'unknown-symbol' ? last.at : last.at + nextSymbolMs;
  }

  /** Symbols the broker does not know cost little, so the next of the kind follows at once. */
  async #learn(symbols: readonly string[]): Promise<void> {
    for (let due = this.#due(symbols); due.length > 0; due = this.#due(symbols)) {
      for (const { key, symbols: kind } of due) {
        if (this.#desk.mayAsk('background') !== 'yes') return;
        const symbol = this.#longestNotTried(kind);
        const outcome = await this.#ask(symbol);
        const at = this.#desk.now();
        if (outcome === 'learnt') {
          this.#inVain.delete(symbol);
          this.#lastTry.delete(key);
        } else {
          this.#inVain.set(symbol, at);
          this.#lastTry.set(key, { at, outcome });
        }
      }
    }
    this.#desk.save();
  }

  #longestNotTried(symbols: readonly string[]): string {
    const triedAt = (symbol: string) => this.#inVain.get(symbol) ?? Number.NEGATIVE_INFINITY;
    return symbols.reduce((best, symbol) => (triedAt(symbol) < triedAt(best) ? symbol : best));
  }

  async #ask(symbol: string): Promise<Outcome> {
    const { calendars, ports, options } = this.#desk;
    try {
      const hours = await ports.source.contractHours(symbol);
      if (isUnknown(hours)) return 'unknown-symbol';
      const regular = await ports.source.schedule(symbol, true);
      const all = await ports.source.schedule(symbol, false);
      if (![hours, regular, all].some(({ ok }) => ok)) return 'refused';
      const { learnt, warnings } = calendars.learn(
        symbol,
        hours,
        { regular, all },
        this.#desk.now(),
      );
      this.#tell(symbol, warnings);
      return learnt ? 'learnt' : 'refused';
    } catch (error) {
      options.log.warn({ symbol, error: String(error) }, 'trading hours could not be asked for');
      return 'refused';
    }
  }

  /** What was not taken as it came, so that nobody wonders later about holes and bars outside the hours. */
  #tell(symbol: string, warnings: readonly string[]): void {
    const id = `hours ${this.#desk.calendars.keyOf(symbol)}`;
    if (warnings.length === 0) {
      this.#desk.dropNotice(id);
      return;
    }
    const more = warnings.length - shownWarnings;
    const shown = warnings.slice(0, shownWarnings).join('; ');
    this.#desk.notice(
      id,
      'hours',
      `The trading hours the broker told for ${symbol} were not taken as they came: ${shown}` +
        (more > 0 ? `; and ${more} more` : ''),
      'Should gaps be judged wrongly, put the right hours into the calendars file.',
    );
  }
}

function isUnknown(answer: HoursAnswer | ScheduleAnswer): answer is Failed {
  return !answer.ok && answer.reason === 'unknown-symbol';
}
