import fs from 'node:fs';
import type { ExchangeCalendar, Hours } from '../calendar/exchange-calendar.ts';
import { calendarForInstrument, type InstrumentExchange } from '../calendar/for-instrument.ts';
import { withKnownSessions } from '../calendar/known-sessions.ts';
import type { Log } from '../kit/log.ts';
import {
  type CalendarsFile,
  calendarNamed,
  noCalendarsFile,
  parseCalendarsFile,
} from './calendars-file.ts';
import { newDifferences } from './hours-differences.ts';
import type { HoursAnswer, ScheduleAnswer } from './ports.ts';
import {
  digest,
  hasSessions,
  isTold,
  join,
  noSessions,
  type ReadAnswers,
  readAnswers,
  type Told,
  tellsSessions,
} from './told-hours.ts';

/**
 * Which hours a symbol trades. A person's file goes before the broker's past schedule, that before the hours in the
 * contract's details, and those before the rules; where nobody knows anything there is no calendar and no hole.
 */
export class CalendarBook {
  readonly #log: Log;
  readonly #instrument: (symbol: string) => InstrumentExchange;
  readonly #told = new Map<string, Told>();
  readonly #noted = new Set<string>();
  readonly #built = new Map<string, ExchangeCalendar | undefined>();
  #file: CalendarsFile = noCalendarsFile;
  #changed = false;
  #revision = 0;

  constructor(instrument: (symbol: string) => InstrumentExchange, saved: unknown, log: Log) {
    this.#instrument = instrument;
    this.#log = log;
    if (!Array.isArray(saved)) return;
    for (const item of saved) {
      const [key, told] = Array.isArray(item) ? item : [];
      if (typeof key === 'string' && isTold(told)) this.#told.set(key, told);
    }
  }

  /** Reads the override file; what is wrong with it is told and the rest used. */
  readOverride(path: string): readonly string[] {
    this.#forgetBuilt();
    try {
      const { file, faults } = parseCalendarsFile(fs.readFileSync(path, 'utf8'));
      this.#file = file;
      return faults;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      return [`${path}: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  /** Changes whenever a calendar may have, for those who keep what they read from one. */
  get revision(): number {
    return this.#revision;
  }

  calendarOf(symbol: string): ExchangeCalendar | undefined {
    const named = this.#file.symbols.get(symbol) ?? this.#ownOf(symbol);
    const key = named === undefined ? this.keyOf(symbol) : `= ${named}`;
    if (!this.#built.has(key)) {
      const calendar = named === undefined ? this.#known(key, symbol) : this.#named(named);
      this.#built.set(key, calendar && this.#withDays(calendar));
    }
    return this.#built.get(key);
  }

  /** Where no rules are known, a person's calendar holds for the exchange it is named after. */
  #ownOf(symbol: string): string | undefined {
    const { own } = this.#file;
    if (own.size === 0) return undefined;
    const instrument = this.#instrument(symbol);
    if (calendarForInstrument(instrument)) return undefined;
    return [instrument.primaryExchange, instrument.exchange].find(
      (name) => name !== undefined && own.has(name),
    );
  }

  /** Symbols with one key trade the same hours, so the broker is asked about one of them only. */
  keyOf(symbol: string): string {
    const known = this.#instrument(symbol);
    const product = known.secType === 'STK' || known.secType === 'CASH' ? '' : (known.symbol ?? '');
    return [known.secType, known.exchange, known.primaryExchange, known.currency, product]
      .map((part) => part ?? '')
      .join('/');
  }

  askedAt(symbol: string): number {
    return this.#told.get(this.keyOf(symbol))?.askedAt ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes in what the broker answered, and says what was strange in it. It counts as learnt, and is not asked for again
   * today, only where it tells when the exchange trades.
   */
  learn(
    symbol: string,
    hours: HoursAnswer,
    schedules: Readonly<Record<Hours, ScheduleAnswer>>,
    now: number,
  ): { readonly learnt: boolean; readonly warnings: readonly string[] } {
    const key = this.keyOf(symbol);
    const rules = calendarForInstrument(this.#instrument(symbol));
    const former = this.#told.get(key);
    const read = readAnswers(hours, schedules, rules?.timeZone, now);
    for (const note of read.notes) {
      if (this.#noted.has(`${key} ${note}`)) continue;
      this.#noted.add(`${key} ${note}`);
      this.#log.info({ key }, note);
    }
    if (rules) this.#logDifferences(key, rules, read, former);
    const learnt = tellsSessions(read);
    this.#told.set(key, {
      schedule: join(former?.schedule, read.schedule),
      hours: join(former?.hours, read.hours),
      timeZone: read.timeZone ?? former?.timeZone ?? 'UTC',
      askedAt: learnt ? now : (former?.askedAt ?? 0),
    });
    this.#forgetBuilt();
    this.#changed = true;
    return { learnt, warnings: read.warnings };
  }

  takeChanges(): unknown {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return [...this.#told];
  }

  #forgetBuilt(): void {
    this.#built.clear();
    this.#revision++;
  }

  /** Each difference once: what was told before was logged before. */
  #logDifferences(
    key: string,
    rules: ExchangeCalendar,
    read: ReadAnswers,
    former: Told | undefined,
  ): void {
    for (const source of ['schedule', 'hours'] as const) {
      for (const hours of ['regular', 'all'] as const) {
        const told = read[source][hours];
        if (!told) continue;
        const before = former?.[source][hours] ?? noSessions;
        for (const difference of newDifferences(rules, hours, told, before)) {
          this.#log.info(
            { key, source: source === 'hours' ? 'contract' : source, hours, ...difference },
            'the broker knows other hours than our rules; its own are taken',
          );
        }
      }
    }
  }

  /** What a person states goes before all the broker knows. */
  #named(name: string): ExchangeCalendar | undefined {
    return name === 'none' ? undefined : calendarNamed(this.#file, name);
  }

  #known(key: string, symbol: string): ExchangeCalendar | undefined {
    const told = this.#told.get(key);
    const rules = calendarForInstrument(this.#instrument(symbol));
    const base =
      rules ?? (told && hasSessions(told) ? emptyCalendar(key, told.timeZone) : undefined);
    if (!base || !told) return base;
    // A schedule tells what was, so it must not say that days it does not know yet are closed.
    const coming = withKnownSessions(base, told.hours, `h${digest(told.hours)}`);
    return withKnownSessions(coming, told.schedule, `s${digest(told.schedule)}`);
  }

  #withDays(calendar: ExchangeCalendar): ExchangeCalendar {
    const days = this.#file.days.get(calendar.id);
    return days ? withKnownSessions(calendar, days, `o${this.#file.version}`) : calendar;
  }
}

function emptyCalendar(id: string, timeZone: string): ExchangeCalendar {
  return {
    id,
    timeZone,
    validFrom: '1970-01-01',
    validThrough: '1970-01-01',
    version: `${id}-told`,
    sessions: () => [],
  };
}
