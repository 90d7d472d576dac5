import { adviceFor } from '../../../shared/advice/index.ts';
import type {
  MarketDataKind,
  MarketDataView,
  TickerFeed,
  TickerFeedView,
} from '../../../shared/connection.ts';
import type { Instrument } from '../../../shared/instrument.ts';
import { type Cancel, type Clock, every } from '../../kit/clock.ts';
import type { Answer } from '../client/client-port.ts';
import type { FlowRules, QuoteSink } from '../ports.ts';
import type { Requests, Sender } from '../requests.ts';
import { retryWait } from './flow.ts';
import { FlowWatch } from './flow-watch.ts';
import { LineBudget, planLines } from './lines.ts';
import { stampPatienceMs, Ticker, type TickListener } from './ticker.ts';

const kinds: readonly MarketDataKind[] = ['live', 'frozen', 'delayed', 'delayed-frozen'];
const delayedType = 3;
/** A snapshot ends by itself after eleven seconds; a little later nothing more comes. */
const snapshotMs = 15_000;

export interface MarketDataPorts {
  readonly clock: Clock;
  readonly requests: Requests;
  readonly sender: Sender & { readonly isOpen: boolean };
  readonly quotes: QuoteSink;
  readonly instrument: (symbol: string) => Instrument;
  /** The contract to stream: a continuous future has no quotes, its current month has. */
  readonly resolve: (symbol: string) => Promise<Instrument>;
  readonly needsResolving: (symbol: string) => boolean;
  readonly note: (level: 'info' | 'warning' | 'error', text: string) => void;
  /** No ticker gets data on this connection. */
  readonly dead: (detail: string) => void;
  readonly changed: () => void;
}

export interface MarketDataOptions {
  readonly wanted: MarketDataKind;
  readonly delayedFallback: boolean;
  readonly lines: number;
  readonly flow: FlowRules;
}

/** Keeps every wanted ticker served: streaming where lines allow, polled otherwise, and proven to flow. */
export class MarketData {
  readonly #ports: MarketDataPorts;
  readonly #options: MarketDataOptions;
  readonly #tickers = new Map<string, Ticker>();
  readonly #byId = new Map<number, Ticker>();
  readonly #budget: LineBudget;
  #watched: readonly string[] = [];
  #up = false;
  #type: number;
  #sweeping: Cancel | null = null;
  readonly #flow: FlowWatch;
  #pollAt = 0;
  #competing = false;

  constructor(options: MarketDataOptions, ports: MarketDataPorts) {
    this.#ports = ports;
    this.#options = options;
    this.#budget = new LineBudget(options.lines);
    const { note, dead, changed } = ports;
    this.#flow = new FlowWatch(options.flow, {
      tickers: () => this.#tickers.values(),
      again: (ticker) => this.#again(ticker),
      ...{ note, dead, changed },
    });
    this.#type = kinds.indexOf(options.wanted) + 1;
  }

  // Who wants what.

  watch(symbols: readonly string[]): void {
    const wanted = [...new Set(symbols)];
    const before = new Set(this.#watched);
    const now = new Set(wanted);
    this.#watched = wanted;
    for (const symbol of wanted) if (!before.has(symbol)) this.#hold(symbol);
    for (const symbol of before) if (!now.has(symbol)) this.#release(symbol);
    this.#allot();
  }

  /** Follows one ticker for as long as the answer is not called. */
  subscribe(symbol: string, listener: TickListener): () => void {
    const ticker = this.#hold(symbol);
    ticker.listeners.add(listener);
    this.#allot();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      ticker.listeners.delete(listener);
      this.#release(symbol);
      this.#allot();
    };
  }

  ticker(symbol: string): Ticker | undefined {
    return this.#tickers.get(symbol);
  }

  // What the connection does.

  up(): void {
    this.#up = true;
    this.#type = kinds.indexOf(this.#options.wanted) + 1;
    this.#ports.sender.send((client) => client.marketDataType(this.#type));
    for (const ticker of this.#tickers.values()) this.#forget(ticker, 'waiting');
    this.#allot();
    this.#prove();
    this.#sweeping ??= every(this.#ports.clock, this.#options.flow.lookMs, () => this.#sweep());
  }

  /** With the socket kept, TWS may keep the requests too; 1101 or 1102 will tell. */
  down(kept: boolean): void {
    this.#up = false;
    this.#sweeping?.();
    this.#sweeping = null;
    this.#flow.stop();
    this.#competing = false;
    for (const ticker of this.#tickers.values()) {
      if (kept) ticker.feed = 'off';
      else this.#forget(ticker, 'off');
    }
  }

  restored(dataLost: boolean): void {
    this.#up = true;
    this.#sweeping ??= every(this.#ports.clock, this.#options.flow.lookMs, () => this.#sweep());
    for (const ticker of this.#tickers.values()) {
      if (dataLost) this.#forget(ticker, 'waiting');
      else if (ticker.id !== null) ticker.feed = 'waiting';
    }
    this.#allot();
    this.#prove();
  }

  /** A farm came back: feeds through it may be dead all the same. */
  farmMended(): void {
    if (this.#up) this.#prove();
  }

  // Ticks.

  price(id: number, field: number, price: number): void {
    const ticker = this.#byId.get(id);
    if (!ticker) return;
    if (ticker.feed === 'waiting' || ticker.feed === 'silent') this.#speaks(ticker);
    ticker.price(field, price, this.#ports.clock.now());
  }

  size(id: number, field: number, size: number | undefined): void {
    const ticker = this.#byId.get(id);
    if (!ticker) return;
    if (ticker.feed === 'waiting' || ticker.feed === 'silent') this.#speaks(ticker);
    ticker.size(field, size, this.#ports.clock.now());
  }

  text(id: number, field: number, value: string): void {
    this.#byId.get(id)?.text(field, value, this.#ports.clock.now());
  }

  #speaks(ticker: Ticker): void {
    ticker.feed = ticker.snapshot ? 'polled' : 'streaming';
    ticker.problem = null;
    ticker.retries = 0;
    ticker.retryAt = null;
    if (this.#competing) this.#otherSessionGone();
    this.#ports.changed();
  }

  /** One ticker served means that all of them can be. */
  #otherSessionGone(): void {
    this.#competing = false;
    const now = this.#ports.clock.now();
    for (const other of this.#tickers.values()) {
      if (other.feed === 'competing-session') other.retryAt = now;
    }
    this.#ports.note('info', 'The other session has gone; requesting every ticker again.');
    this.#prove();
  }

  view(): MarketDataView {
    const tickers: TickerFeedView[] = [...this.#tickers.values()].map((ticker) => ({
      symbol: ticker.symbol,
      feed: ticker.shown,
      kind: ticker.kind,
      lastTickAt: ticker.lastTickAt,
      problem: ticker.problem,
    }));
    const served = tickers.filter((one) => one.feed === 'streaming' || one.feed === 'polled');
    const worst = Math.max(-1, ...served.map((one) => kinds.indexOf(one.kind ?? 'live')));
    return {
      wanted: this.#options.wanted,
      serving: kinds[worst] ?? null,
      competing: this.#competing,
      proof: this.#flow.proof,
      linesUsed: this.#byId.size,
      linesBudget: this.#budget.now(this.#ports.clock.now()),
      tickers,
    };
  }

  // References.

  #hold(symbol: string): Ticker {
    let ticker = this.#tickers.get(symbol);
    if (!ticker) {
      ticker = new Ticker(symbol, this.#ports.instrument(symbol), this.#ports.quotes);
      if (this.#up) ticker.feed = 'waiting';
      this.#tickers.set(symbol, ticker);
    }
    ticker.refs++;
    return ticker;
  }

  #release(symbol: string): void {
    const ticker = this.#tickers.get(symbol);
    if (!ticker) return;
    ticker.refs--;
    if (ticker.refs > 0) return;
    this.#cancel(ticker);
    this.#tickers.delete(symbol);
  }

  // Requests.

  /** Gives lines to the tickers that should have one and takes them from those that should not. */
  #allot(): void {
    if (!this.#up) return;
    const all = [...this.#tickers.values()];
    const plan = planLines(all.length, this.#budget.now(this.#ports.clock.now()));
    all.forEach((ticker, index) => {
      const streams = index < plan.streaming;
      if (!streams && ticker.id !== null && !ticker.snapshot) {
        this.#cancel(ticker);
        ticker.feed = 'polled';
      } else if (streams && (ticker.id === null || ticker.snapshot) && ticker.retryAt === null) {
        this.#cancel(ticker);
        this.#request(ticker, false);
      } else if (!streams && ticker.feed === 'waiting') {
        ticker.feed = 'polled';
      }
    });
    this.#ports.changed();
  }

  #request(ticker: Ticker, snapshot: boolean): void {
    if (!this.#ports.needsResolving(ticker.symbol)) return this.#send(ticker, snapshot);
    ticker.requestedAt = this.#ports.clock.now();
    ticker.feed = snapshot ? 'polled' : 'waiting';
    void this.#ports.resolve(ticker.symbol).then((instrument) => {
      ticker.instrument = instrument;
      const current = this.#tickers.get(ticker.symbol) === ticker;
      if (current && this.#up && ticker.id === null) this.#send(ticker, snapshot);
    });
  }

  #send(ticker: Ticker, snapshot: boolean): void {
    const { requests, sender, clock } = this.#ports;
    const asked = { symbol: ticker.symbol, request: snapshot ? 'a snapshot quote' : 'live quotes' };
    const id = requests.add(
      asked,
      (answer) => this.#answer(ticker, id, answer),
      () => this.#byId.delete(id),
    );
    ticker.requested(id, snapshot);
    ticker.askedType = this.#type;
    ticker.retryAt = null;
    ticker.feed = snapshot ? 'polled' : 'waiting';
    this.#byId.set(id, ticker);
    sender.send((client) => {
      // Behind many others a request may wait for seconds; its patience begins when it leaves.
      if (ticker.id === id) ticker.requestedAt = clock.now();
      client.marketData(id, ticker.instrument, snapshot);
    });
  }

  #cancel(ticker: Ticker): void {
    const { id } = ticker;
    if (id === null) return;
    this.#let(ticker);
    if (this.#up) this.#ports.sender.send((client) => client.cancelMarketData(id));
  }

  /** So many requests IBKR has taken; those behind them may still be refused. */
  #accepted(): number {
    let count = 0;
    for (const ticker of this.#byId.values()) {
      if (ticker.accepted || ticker.heard > 0) count++;
    }
    return count;
  }

  /** The request is over on the other side too. */
  #let(ticker: Ticker): void {
    if (ticker.id === null) return;
    this.#ports.requests.remove(ticker.id);
    this.#byId.delete(ticker.id);
    ticker.id = null;
    ticker.heldSince = null;
  }

  #forget(ticker: Ticker, feed: TickerFeed): void {
    this.#let(ticker);
    ticker.feed = feed;
    ticker.retryAt = null;
    ticker.retries = 0;
    ticker.problem = null;
  }

  #again(ticker: Ticker): void {
    this.#cancel(ticker);
    this.#request(ticker, false);
  }

  #answer(ticker: Ticker, id: number, answer: Answer): void {
    if (ticker.id !== id) return;
    switch (answer.type) {
      case 'data-kind':
        ticker.accepted = true;
        ticker.kind = kinds[answer.kind - 1] ?? null;
        return this.#ports.changed();
      case 'snapshot-end':
        if (ticker.heldSince !== null) ticker.release(this.#ports.clock.now());
        return this.#let(ticker);
      case 'error':
        return this.#refused(ticker, answer.code, answer.text);
      default:
        return;
    }
  }

  #refused(ticker: Ticker, code: number, text: string): void {
    const advice = adviceFor(code, text);
    if (this.#fallsBack(ticker, code)) return this.#again(ticker);
    if (!advice.endsRequest) return;
    const { clock, changed } = this.#ports;
    const now = clock.now();
    this.#let(ticker);
    if (code === 101) {
      this.#budget.refusedAt(this.#accepted(), now);
      ticker.feed = 'polled';
      ticker.problem = null;
      this.#ports.note(
        'warning',
        `IBKR gives ${this.#budget.now(now)} market-data lines at present; the other tickers are polled in turn.`,
      );
      return this.#allot();
    }
    const competing = code === 10197 || code === 10187;
    ticker.fail(competing ? 'competing-session' : 'refused', advice.meaning);
    ticker.kind = null;
    ticker.retryAt = now + retryWait(ticker.retries, this.#options.flow);
    ticker.retries++;
    if (competing && !this.#competing) {
      this.#competing = true;
      // What flowed before proves nothing any more, and nothing can be proven until the other is gone.
      this.#flow.stop();
      this.#ports.note(
        'warning',
        'Market data goes to another session of this login; asking again at growing intervals.',
      );
    }
    for (const listener of ticker.listeners) listener.problem?.(code, text);
    changed();
  }

  /** With type 3 IBKR still sends live data where it is subscribed, delayed data elsewhere. */
  #fallsBack(ticker: Ticker, code: number): boolean {
    const unsubscribed = code === 354 || code === 10089;
    const askedForLive = ticker.askedType < delayedType;
    if (!unsubscribed || !askedForLive || !this.#options.delayedFallback) return false;
    if (this.#type < delayedType) {
      this.#type = delayedType;
      this.#ports.sender.send((client) => client.marketDataType(delayedType));
    }
    this.#ports.note(
      'warning',
      `${ticker.symbol} has no live subscription; delayed quotes are asked for instead.`,
    );
    return true;
  }

  // Does it flow?

  #prove(): void {
    if (this.#competing) return;
    if (this.#tickers.size > 0) this.#flow.prove(this.#ports.clock.now());
  }

  #sweep(): void {
    const now = this.#ports.clock.now();
    for (const ticker of this.#tickers.values()) {
      if (ticker.heldSince !== null && now - ticker.heldSince >= stampPatienceMs) {
        ticker.release(now);
      }
    }
    this.#retry(now);
    this.#flow.look(now);
    this.#poll(now);
  }

  #retry(now: number): void {
    let competingTried = false;
    for (const ticker of this.#tickers.values()) {
      if (ticker.retryAt === null || now < ticker.retryAt) continue;
      if (ticker.feed === 'competing-session') {
        // One ticker is enough to find out whether the other session has gone.
        if (competingTried) continue;
        competingTried = true;
      }
      this.#again(ticker);
    }
  }

  #poll(now: number): void {
    const all = [...this.#tickers.values()];
    const plan = planLines(all.length, this.#budget.now(now));
    const polled = all.slice(plan.streaming).filter((ticker) => ticker.retryAt === null);
    let busy = 0;
    for (const ticker of polled) {
      if (ticker.id === null) continue;
      if (now - ticker.requestedAt > snapshotMs) this.#cancel(ticker);
      else busy++;
    }
    for (let tries = polled.length; tries > 0 && busy < plan.polling; tries--) {
      const ticker = polled[this.#pollAt % polled.length] as Ticker;
      this.#pollAt = (this.#pollAt + 1) % polled.length;
      if (ticker.id !== null) continue;
      this.#request(ticker, true);
      busy++;
    }
  }
}
