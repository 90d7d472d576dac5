import { adviceFor } from '../../../shared/advice/index.ts';
import { type Bar, barSeconds, type Timeframe } from '../../../shared/bar.ts';
import type { Instrument } from '../../../shared/instrument.ts';
import type { Cancel, Clock } from '../../kit/clock.ts';
import type { Answer } from '../client/client-port.ts';
import type { Requests, Sender } from '../requests.ts';
import { barOf, barSizeOf, barsOf } from './history-bars.ts';

/** After an error or an end, the bars are asked for again this much later. */
const againMs = [5000, 30_000, 120_000, 300_000] as const;
/** Updates come every few seconds while the market trades; silence so long may be death. */
const silentMs = 300_000;

export interface LiveBarsPorts {
  readonly clock: Clock;
  readonly requests: Requests;
  readonly sender: Sender & { readonly isOpen: boolean };
  readonly instrument: (symbol: string) => Promise<Instrument>;
  readonly spent: (symbol: string, identity: string) => void;
}

/** Bars that IBKR keeps up to date, asked for again whenever they stop: after 1102, midnight, an error. */
export class LiveBars {
  readonly #symbol: string;
  readonly #timeframe: Timeframe;
  readonly #onBar: (bar: Bar, isNew: boolean) => void;
  readonly #ports: LiveBarsPorts;
  #id: number | null = null;
  #last: number | null = null;
  #failures = 0;
  #timer: Cancel | null = null;
  #stopped = false;

  constructor(
    symbol: string,
    timeframe: Timeframe,
    onBar: (bar: Bar, isNew: boolean) => void,
    ports: LiveBarsPorts,
  ) {
    this.#symbol = symbol;
    this.#timeframe = timeframe;
    this.#onBar = onBar;
    this.#ports = ports;
  }

  /** A session stands, or stands again: what was asked before is dead or may be. */
  begin(): void {
    this.#cancel();
    if (this.#stopped || !this.#ports.sender.isOpen) return;
    void this.#ports.instrument(this.#symbol).then((instrument) => this.#request(instrument));
  }

  down(): void {
    this.#timer?.();
    this.#timer = null;
    if (this.#id !== null) this.#ports.requests.remove(this.#id);
    this.#id = null;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #request(instrument: Instrument): void {
    const { requests, sender, spent } = this.#ports;
    if (this.#stopped || this.#id !== null || !sender.isOpen) return;
    const id = requests.add(
      { symbol: this.#symbol, request: `live ${this.#timeframe} bars` },
      (answer) => this.#take(answer),
      () => this.down(),
    );
    this.#id = id;
    spent(this.#symbol, `live|${this.#symbol}|${this.#timeframe}`);
    this.#watch();
    sender.send((client) =>
      client.history(id, {
        instrument,
        end: '',
        duration: barSeconds(this.#timeframe) >= 86_400 ? '2 D' : '1 D',
        barSize: barSizeOf(this.#timeframe),
        whatToShow: instrument.whatToShow,
        useRth: false,
        keepUpToDate: true,
      }),
    );
  }

  #take(answer: Answer): void {
    if (answer.type === 'bars') {
      this.#failures = 0;
      for (const bar of barsOf(answer.bars)) this.#hand(bar);
      this.#watch();
    } else if (answer.type === 'bar') {
      const bar = barOf(answer.bar);
      if (bar) this.#hand(bar);
      this.#watch();
    } else if (answer.type === 'error' && ends(answer.code, answer.text)) {
      this.#again();
    }
  }

  #hand(bar: Bar): void {
    if (this.#last !== null && bar.t < this.#last) return;
    const isNew = bar.t !== this.#last;
    this.#last = bar.t;
    this.#onBar(bar, isNew);
  }

  #watch(): void {
    this.#timer?.();
    this.#timer = this.#ports.clock.after(silentMs, () => this.begin());
  }

  #again(): void {
    const wait = againMs[Math.min(this.#failures, againMs.length - 1)] ?? 300_000;
    this.#failures++;
    this.down();
    this.#timer = this.#ports.clock.after(wait, () => this.begin());
  }

  #cancel(): void {
    const id = this.#id;
    this.down();
    if (id !== null) this.#ports.sender.send((client) => client.cancelHistory(id));
  }
}

/** 10182 says that the updates stopped, though the request itself was fine. */
function ends(code: number, text: string): boolean {
  return code === 10182 || adviceFor(code, text).endsRequest;
}
