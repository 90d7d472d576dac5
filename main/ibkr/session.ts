import { adviceFor, explain } from '../../shared/advice/index.ts';
import type { ConnectionError, ConnectionView } from '../../shared/connection.ts';
import { type Cancel, systemClock } from '../kit/clock.ts';
import { accountSummary } from './account.ts';
import type { Answer } from './client/client-port.ts';
import { openStoqeyClient } from './client/stoqey-client.ts';
import { Connection } from './connection/connection.ts';
import { usualPort } from './connection/endpoint.ts';
import {
  endlessPlan,
  type MachineConfig,
  type MachineState,
  machineDefaults,
  type Plan,
} from './connection/state.ts';
import { Contracts } from './contracts.ts';
import { type Farms, farmsAfter } from './farms.ts';
import { timeOf } from './history/history-bars.ts';
import { HistoryQueue } from './history/history-queue.ts';
import { LiveBars } from './history/live-bars.ts';
import { usualPacing } from './history/pacing.ts';
import { askSchedule } from './history/schedule.ts';
import { MarketData } from './market/market-data.ts';
import type { TickerData, TickListener } from './market/ticker.ts';
import {
  type IbkrOptions,
  type IbkrPorts,
  type IbkrService,
  type Result,
  type Stop,
  usualFlow,
} from './ports.ts';
import { Requests } from './requests.ts';
import { connectionView } from './view.ts';

const errorsKept = 50;
/** Views go out at most ten times a second; a change of phase goes out at once. */
const publishEveryMs = 100;
const headDeadlineMs = 30_000;
const defaultLines = 100;

function machineConfigOf(options: IbkrOptions): MachineConfig {
  const mode = options.live ? 'live' : 'paper';
  return {
    ...machineDefaults,
    host: options.host,
    port: options.port ?? usualPort(options.gateway ? 'gateway' : 'tws', mode),
    clientIds: { policy: options.clientIdPolicy, first: options.clientId },
    autoReconnect: options.autoReconnect,
    mode,
    timeouts: { ...machineDefaults.timeouts, ...options.timeouts },
    delaysMs: options.delaysMs ?? machineDefaults.delaysMs,
    cyclePauseMs: options.cyclePauseMs ?? machineDefaults.cyclePauseMs,
    restart: {
      dailyRestart: options.dailyRestart ?? machineDefaults.restart.dailyRestart,
      timeZone: options.timeZone,
    },
  };
}

/** What only the package's own classes hear, beside the views. */
export interface SessionHooks {
  up?(how: UpKind): void;
  down?(): void;
}

/** Why a session can be used: a new one, or the old one with IBKR back behind it. */
export type UpKind = 'connected' | 'restored-data-lost' | 'restored-data-kept';

/** Everything Gatehouse does with its session, behind one door. */
export class IbkrSession implements IbkrService {
  readonly #options: IbkrOptions;
  readonly #ports: IbkrPorts;
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #contracts: Contracts;
  readonly #marketData: MarketData;
  readonly #history: HistoryQueue;
  readonly #liveBars = new Set<LiveBars>();
  readonly #listeners = new Set<(view: ConnectionView) => void>();
  #farms: Farms = new Map();
  #errors: readonly ConnectionError[] = [];
  readonly #stepListeners = new Set<() => void>();
  readonly #hooks: SessionHooks;
  #shown = '';
  #publishTimer: Cancel | null = null;

  constructor(options: IbkrOptions, ports: IbkrPorts, hooks: SessionHooks = {}) {
    this.#options = options;
    this.#hooks = hooks;
    this.#ports = ports;
    const clock = options.clock ?? systemClock;
    const changed = (): void => this.#changed();
    this.#connection = new Connection(
      machineConfigOf(options),
      {
        clock,
        log: options.log,
        open: options.open ?? openStoqeyClient,
        ...(options.random ? { random: options.random } : {}),
        ...(options.messagesPerSecond ? { messagesPerSecond: options.messagesPerSecond } : {}),
      },
      {
        up: () => this.#up(),
        down: (kept) => this.#down(kept),
        restored: (dataLost) => this.#restored(dataLost),
        message: (code, text) => this.#message(code, text),
        answer: (id, answer) => this.#answer(id, answer),
        price: (id, field, price) => this.#marketData.price(id, field, price),
        size: (id, field, size) => this.#marketData.size(id, field, size),
        text: (id, field, value) => this.#marketData.text(id, field, value),
        changed,
      },
    );
    const connection = this.#connection;
    this.#requests = new Requests(clock, connection);
    this.#contracts = new Contracts(options.contracts ?? {}, this.#requests, () => clock.now());
    const contracts = this.#contracts;
    this.#marketData = new MarketData(
      {
        wanted: options.marketDataType,
        delayedFallback: options.delayedFallback ?? true,
        lines: options.lines ?? defaultLines,
        flow: { ...usualFlow, ...options.flow },
      },
      {
        clock,
        requests: this.#requests,
        sender: connection,
        quotes: ports.quotes,
        instrument: (symbol) => contracts.instrument(symbol),
        resolve: (symbol) => contracts.resolve(symbol),
        needsResolving: (symbol) => contracts.needsResolving(symbol),
        note: (level, text) => {
          connection.story.tell({ at: clock.now(), level, text });
          this.#changed();
        },
        dead: (detail) => connection.dispatch({ type: 'data-dead', detail }),
        changed,
      },
    );
    this.#history = new HistoryQueue(
      { ...usualPacing, ...options.pacing },
      {
        clock,
        requests: this.#requests,
        sender: connection,
        instrument: async (symbol, withEnd) =>
          withEnd ? contracts.resolve(symbol) : contracts.instrument(symbol),
        changed,
      },
    );
  }

  async start(): Promise<void> {
    this.connect();
  }

  async stop(): Promise<void> {
    this.#connection.dispatch({ type: 'disconnect' });
    await this.#connection.closed();
    this.#publishTimer?.();
    this.#publishTimer = null;
  }

  connect(plan: Plan = endlessPlan): void {
    this.#connection.dispatch({ type: 'connect', plan });
  }

  disconnect(): void {
    this.#connection.dispatch({ type: 'disconnect' });
  }

  reconnect(plan: Plan = endlessPlan, pauseMs = 0): void {
    this.#connection.dispatch({ type: 'reconnect', plan, pauseMs });
  }

  /** The library's own handle while the session is open. */
  get raw(): unknown {
    return this.#connection.raw;
  }

  get state(): MachineState {
    return this.#connection.state;
  }

  /** Follows one ticker with every tick; the answer ends it. */
  subscribe(symbol: string, listener: TickListener): Stop {
    return this.#marketData.subscribe(symbol, listener);
  }

  tickerData(symbol: string): TickerData | null {
    return this.#marketData.ticker(symbol)?.data ?? null;
  }

  /** Resolves once no socket is left. */
  closed(): Promise<void> {
    return this.#connection.closed();
  }

  async closeForReservation(): Promise<void> {
    this.#connection.dispatch({ type: 'reserve' });
    await this.#connection.closed();
  }

  resume(): void {
    this.#connection.dispatch({ type: 'resume' });
  }

  isOpen(): boolean {
    return this.#connection.isOpen;
  }

  systemResumed(): void {
    this.#connection.dispatch({ type: 'wake' });
  }

  view(): ConnectionView {
    return connectionView({
      state: this.#connection.state,
      now: this.#clock.now(),
      gateway: this.#options.gateway,
      farms: this.#farms,
      marketData: this.#marketData.view(),
      pacing: this.#history.view(),
      errors: this.#errors,
      timeline: this.#connection.story.entries,
    });
  }

  onChange(listener: (view: ConnectionView) => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  watch(symbols: readonly string[]): void {
    this.#marketData.watch(symbols);
  }

  summary(): ReturnType<IbkrService['summary']> {
    return accountSummary(this.#requests);
  }

  historical: IbkrService['historical'] = (request) => this.#history.ask(request);

  pacing(): ReturnType<IbkrService['pacing']> {
    return this.#history.view();
  }

  schedule: IbkrService['schedule'] = (symbol, options = {}) => {
    this.#spent(symbol, `schedule|${symbol}|${options.end}|${options.duration}`);
    const end = options.end ?? null;
    const instrument =
      end === null
        ? Promise.resolve(this.#contracts.instrument(symbol))
        : this.#contracts.resolve(symbol);
    return instrument.then((found) => askSchedule(this.#requests, symbol, found, options));
  };

  contractDetails: IbkrService['contractDetails'] = async (symbol) => {
    const found = await this.#contracts.details(symbol);
    return found.ok ? { ok: true, value: { ...found.value, symbol } } : found;
  };

  headTimestamp(symbol: string): Promise<Result<number>> {
    const instrument = this.#contracts.instrument(symbol);
    this.#spent(symbol, `head|${symbol}`);
    return this.#requests.ask<number>({
      asked: { symbol, request: 'the start of its history' },
      deadlineMs: headDeadlineMs,
      send: (client, id) => client.headTimestamp(id, instrument, instrument.whatToShow, false),
      cancel: (client, id) => client.cancelHeadTimestamp(id),
      collect: (answer) => {
        if (answer.type !== 'head') return undefined;
        const at = timeOf(answer.time);
        return at === null ? undefined : { value: at };
      },
    });
  }

  keepUpToDate: IbkrService['keepUpToDate'] = (symbol, timeframe, onBar) => {
    const bars = new LiveBars(symbol, timeframe, onBar, {
      clock: this.#clock,
      requests: this.#requests,
      sender: this.#connection,
      instrument: (wanted) => this.#contracts.resolve(wanted),
      spent: (wanted, identity) => this.#spent(wanted, identity),
    });
    this.#liveBars.add(bars);
    bars.begin();
    return () => {
      bars.stop();
      this.#liveBars.delete(bars);
    };
  };

  get #clock() {
    return this.#options.clock ?? systemClock;
  }

  #spent(symbol: string, identity: string): void {
    this.#history.spendOne({ weight: 1, identity, series: symbol, smallBars: false });
  }

  #up(): void {
    this.#farms = new Map();
    this.#marketData.up();
    for (const bars of this.#liveBars) bars.begin();
    this.#hooks.up?.('connected');
  }

  #down(kept: boolean): void {
    this.#marketData.down(kept);
    this.#history.lose();
    for (const bars of this.#liveBars) bars.down();
    if (!kept) this.#requests.loseAll();
    this.#hooks.down?.();
  }

  #restored(dataLost: boolean): void {
    this.#marketData.restored(dataLost);
    for (const bars of this.#liveBars) bars.begin();
    this.#hooks.up?.(dataLost ? 'restored-data-lost' : 'restored-data-kept');
  }

  #message(code: number, text: string): void {
    const now = this.#clock.now();
    const { farms, mended } = farmsAfter(this.#farms, code, text, now);
    const broke = code === 2103 || code === 2105 || code === 2157;
    if (farms !== this.#farms) {
      this.#farms = farms;
      if (broke) this.#tell('warning', explain(code, text), code);
      if (mended) {
        this.#tell('info', `The farm ${mended.name} is connected again; checking that data flows.`);
        if (mended.kind === 'market') this.#marketData.farmMended();
        else for (const bars of this.#liveBars) bars.begin();
      }
    }
    this.#record(code, text, null, null);
    this.#changed();
  }

  #answer(id: number, answer: Answer): void {
    if (answer.type === 'error') {
      const asked = this.#requests.askedAs(id);
      // What comes for a request that is over, such as its own cancel, is of no use to anybody.
      if (asked) this.#record(answer.code, answer.text, asked.symbol, asked.request);
      else this.#options.log.debug({ id, code: answer.code, text: answer.text }, 'A late error.');
    }
    this.#requests.route(id, answer);
  }

  #record(code: number, message: string, symbol: string | null, request: string | null): void {
    const advice = adviceFor(code, message);
    const text = explain(code, message, { symbol, request });
    const fields = { code, symbol, request };
    if (advice.severity === 'info') return this.#options.log.info(fields, text);
    this.#options.log.warn({ ...fields, todo: advice.todo }, text);
    const error = { at: this.#clock.now(), code, message, symbol, request, advice };
    this.#errors = [...this.#errors.slice(1 - errorsKept), error];
    this.#changed();
  }

  #tell(level: 'info' | 'warning', text: string, code?: number): void {
    this.#connection.story.tell({
      at: this.#clock.now(),
      level,
      text,
      ...(code === undefined ? {} : { code }),
    });
  }

  /** Called after every step of the connection, for those who wait for its outcome. */
  onStep(listener: () => void): Stop {
    this.#stepListeners.add(listener);
    return () => void this.#stepListeners.delete(listener);
  }

  #changed(): void {
    for (const listener of [...this.#stepListeners]) listener();
    const { phase, reason } = this.#connection.state;
    const shown = `${phase} ${reason}`;
    if (shown !== this.#shown) {
      this.#shown = shown;
      return this.#publish();
    }
    this.#publishTimer ??= this.#clock.after(publishEveryMs, () => {
      this.#publishTimer = null;
      this.#publish();
    });
  }

  #publish(): void {
    const view = this.view();
    this.#ports.publish(view);
    for (const listener of this.#listeners) {
      try {
        listener(view);
      } catch (error) {
        this.#options.log.error({ error: String(error) }, 'A listener of the connection failed.');
      }
    }
  }
}
