import type { Desk } from './desk.ts';

const againAfterMs = 24 * 3_600_000;
const shownWarnings = 3;

/**
 * Asks the broker once a day for the hours of one instrument of each kind: what was, from its schedule, and what comes,
 * from the contract's details.
 */
export class HoursLearner {
  readonly #desk: Desk;
  #run: Promise<void> | undefined;
  readonly #refusedUntil = new Map<string, number>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Resolves when all that can be learnt now is learnt. */
  async learnDue(symbols: readonly string[]): Promise<void> {
    if (this.#run) return this.#run;
    if (this.#desk.mayAsk('background') !== 'yes') return;
    const due = this.#due(symbols);
    if (due.length === 0) return;
    this.#run = this.#learn(due).finally(() => {
      this.#run = undefined;
    });
    await this.#run;
  }

  /** One symbol of each kind whose hours were not asked for today. */
  #due(symbols: readonly string[]): readonly string[] {
    const now = this.#desk.now();
    const kinds = new Map<string, string>();
    for (const symbol of symbols) {
      const key = this.#desk.calendars.keyOf(symbol);
      if (!kinds.has(key)) kinds.set(key, symbol);
    }
    return [...kinds]
      .filter(([key, symbol]) => {
        if ((this.#refusedUntil.get(key) ?? 0) > now) return false;
        return now - this.#desk.calendars.askedAt(symbol) >= againAfterMs;
      })
      .map(([, symbol]) => symbol);
  }

  async #learn(symbols: readonly string[]): Promise<void> {
    const { calendars, ports, options } = this.#desk;
    for (const symbol of symbols) {
      try {
        const hours = await ports.source.contractHours(symbol);
        const regular = await ports.source.schedule(symbol, true);
        const all = await ports.source.schedule(symbol, false);
        const answers = [hours, regular, all];
        if (answers.some((answer) => answer.ok)) {
          this.#tell(symbol, calendars.learn(symbol, hours, { regular, all }, this.#desk.now()));
        } else {
          // Another symbol of the kind, or the same later, may do better.
          this.#refusedUntil.set(calendars.keyOf(symbol), this.#desk.now() + 600_000);
        }
      } catch (error) {
        options.log.warn({ symbol, error: String(error) }, 'trading hours could not be asked for');
        this.#refusedUntil.set(calendars.keyOf(symbol), this.#desk.now() + 600_000);
      }
    }
    this.#desk.save();
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
