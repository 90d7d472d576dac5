import {
  type Instrument,
  type InstrumentOverrides,
  instrumentOf,
} from '../../shared/instrument.ts';
import type { RawDetails } from './client/client-port.ts';
import type { Result } from './ports.ts';
import type { Requests } from './requests.ts';

const deadlineMs = 15_000;
/** The current month of a continuous future changes; everything else about a contract hardly does. */
const keptMs = 3_600_000;

/** What tickers mean, as the grammar says and as IBKR knows them. */
export class Contracts {
  readonly #overrides: InstrumentOverrides;
  readonly #requests: Requests;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly details: RawDetails; readonly at: number }>();
  readonly #asking = new Map<string, Promise<Result<RawDetails>>>();

  constructor(overrides: InstrumentOverrides, requests: Requests, now: () => number) {
    this.#overrides = overrides;
    this.#requests = requests;
    this.#now = now;
  }

  instrument(symbol: string): Instrument {
    return instrumentOf(symbol, this.#overrides);
  }

  /** A continuous future has neither quotes nor an end date; the month it stands for has both. */
  needsResolving(symbol: string): boolean {
    return this.instrument(symbol).secType === 'CONTFUT';
  }

  async resolve(symbol: string): Promise<Instrument> {
    const instrument = this.instrument(symbol);
    if (instrument.secType !== 'CONTFUT') return instrument;
    const found = await this.details(symbol);
    if (!found.ok) return instrument;
    const { exchange, localSymbol } = found.value;
    return {
      ...instrument,
      secType: 'FUT',
      exchange: exchange === '' ? instrument.exchange : exchange,
      localSymbol,
    };
  }

  /** Asked once for all who want it at the same time, and remembered. */
  details(symbol: string): Promise<Result<RawDetails>> {
    const known = this.#known.get(symbol);
    if (known && this.#now() - known.at < keptMs) {
      return Promise.resolve({ ok: true, value: known.details });
    }
    const asking = this.#asking.get(symbol);
    if (asking) return asking;
    const question = this.#ask(symbol).finally(() => this.#asking.delete(symbol));
    this.#asking.set(symbol, question);
    return question;
  }

  async #ask(symbol: string): Promise<Result<RawDetails>> {
    const instrument = this.instrument(symbol);
    const found: RawDetails[] = [];
    const asked = { symbol, request: 'contract details' };
    const answer = await this.#requests.ask<RawDetails | null>({
      asked,
      deadlineMs,
      send: (client, id) => client.details(id, instrument),
      collect: (part) => {
        if (part.type === 'details') found.push(part.details);
        return part.type === 'details-end' ? { value: found[0] ?? null } : undefined;
      },
    });
    if (!answer.ok) return answer;
    if (!answer.value) {
      const message = `IBKR knows no contract for ${symbol}.`;
      return { ok: false, reason: 'unknown-symbol', message };
    }
    this.#known.set(symbol, { details: answer.value, at: this.#now() });
    return { ok: true, value: answer.value };
  }
}
