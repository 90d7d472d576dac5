import type { MarketDataView } from '../../../shared/connection.ts';
import type { FlowRules } from '../ports.ts';
import { fellSilent, neverAnswered, retryWait } from './flow.ts';
import { FlowProof } from './flow-proof.ts';
import type { Ticker } from './ticker.ts';

export interface FlowWatchPorts {
  readonly tickers: () => Iterable<Ticker>;
  /** Cancels the request of a ticker and makes it anew. */
  readonly again: (ticker: Ticker) => void;
  readonly note: (level: 'info' | 'warning' | 'error', text: string) => void;
  /** No ticker gets data on this connection. */
  readonly dead: (detail: string) => void;
  readonly changed: () => void;
}

/** Watches whether data flows on every ticker that streams, and does something about it where not. */
export class FlowWatch {
  readonly #rules: FlowRules;
  readonly #ports: FlowWatchPorts;
  readonly #proof: FlowProof;

  constructor(rules: FlowRules, ports: FlowWatchPorts) {
    this.#rules = rules;
    this.#ports = ports;
    this.#proof = new FlowProof(rules);
  }

  get proof(): MarketDataView['proof'] {
    return this.#proof.state;
  }

  /** From now on every ticker must speak anew. */
  prove(now: number): void {
    this.#proof.begin(now);
  }

  stop(): void {
    this.#proof.stop();
  }

  look(now: number): void {
    this.#checkProof(now);
    this.#checkSilence(now);
  }

  /** Those whose silence would mean that the connection is at fault. */
  #streamers(): Ticker[] {
    return [...this.#ports.tickers()].filter(
      (ticker) => ticker.feed === 'waiting' || (ticker.id !== null && !ticker.snapshot),
    );
  }

  #checkProof(now: number): void {
    const streamers = this.#streamers();
    const verdict = this.#proof.check(streamers, now);
    const { again, note, dead, changed } = this.#ports;
    switch (verdict.type) {
      case 'wait':
        return;
      case 'nothing':
        return changed();
      case 'flows': {
        const { length } = streamers;
        return note(
          'info',
          `Market data flows on ${length === 1 ? 'the ticker' : `all ${length} tickers`}.`,
        );
      }
      case 'ask-again': {
        const { missing } = verdict;
        note('warning', `No data came for ${names(missing)}; requesting ${it(missing)} again.`);
        for (const ticker of missing) again(ticker);
        return;
      }
      case 'reopen':
        return dead('The connection stands, but no market data comes even when asked again.');
      case 'missing':
        return this.#silent(verdict.missing, now);
    }
  }

  #checkSilence(now: number): void {
    const rules = this.#rules;
    const fallen = this.#streamers().filter((ticker) => fellSilent(ticker, now, rules));
    if (fallen.length > 0) {
      // Every evening all fall silent, so this alone is no reason to worry.
      this.#ports.note('info', `${names(fallen)} fell silent; requesting ${it(fallen)} again.`);
      for (const ticker of fallen) this.#ports.again(ticker);
    }
    if (this.#proof.state === 'checking') return;
    const mute = this.#streamers().filter((ticker) => neverAnswered(ticker, now, rules));
    if (mute.length > 0) this.#silent(mute, now);
  }

  #silent(tickers: readonly Ticker[], now: number): void {
    const news = tickers.filter((ticker) => ticker.retries === 0);
    for (const ticker of tickers) {
      ticker.fail('silent', 'IBKR accepted the request but sends no data for it.');
      ticker.retryAt = now + retryWait(ticker.retries, this.#rules);
      ticker.retries++;
    }
    if (news.length > 0) {
      this.#ports.note('error', `No data for ${names(news)}; trying on at longer intervals.`);
    }
    this.#ports.changed();
  }
}

function it(tickers: readonly Ticker[]): string {
  return tickers.length === 1 ? 'it' : 'them';
}

function names(tickers: readonly Ticker[]): string {
  const shown = tickers.slice(0, 5).map((ticker) => ticker.symbol);
  const more = tickers.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
