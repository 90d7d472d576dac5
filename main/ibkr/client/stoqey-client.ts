import type { Socket } from 'node:net';
import type { BarSizeSetting, Contract, IBApi, SecType, WhatToShow } from '@stoqey/ib';
import type { Instrument } from '../../../shared/instrument.ts';
import type { ClientEvents, GatewayClient, HistoryQuery, OpenClient } from './client-port.ts';
import { FrameReader } from './frame-reader.ts';
import { decodeHistory } from './history-decoder.ts';
import { type Hold, holdLibrary, loadLibrary } from './library.ts';
import { listen } from './listeners.ts';
import { TickDecoder } from './tick-decoder.ts';

/** Opens one connection with a handle of its own. Nothing of it outlives `closed`. */
export const openStoqeyClient: OpenClient = (options, events) => {
  const client = new StoqeyClient(events);
  void client.open(options);
  return client;
};

class StoqeyClient implements GatewayClient {
  readonly #events: ClientEvents;
  readonly #reader: FrameReader;
  readonly #ticks: TickDecoder;
  #hold: Hold | null = null;
  #version = 0;
  #closing = false;
  #over = false;

  constructor(events: ClientEvents) {
    this.#events = events;
    this.#ticks = new TickDecoder(events);
    this.#reader = new FrameReader({
      frame: (buffer, start, end) => this.#frame(buffer, start, end),
      broken: (detail) => events.garbage(detail),
    });
  }

  get raw(): unknown {
    return this.#api;
  }

  async open(options: { host: string; port: number; clientId: number }): Promise<void> {
    try {
      const library = await loadLibrary();
      if (this.#closing) return this.#end('ended');
      this.#hold = holdLibrary(library, options, (chunk) => this.#chunk(chunk));
      listen(this.#hold.api, library.EventName, this.#events, () => !this.#closing);
      this.#hold.api.connect(options.clientId);
      this.#watch(this.#hold.socket());
    } catch (error) {
      this.#events.unreadable(String(error));
      this.#end('ended');
    }
  }

  #watch(socket: Socket | undefined): void {
    if (!socket) return this.#end('ended');
    let cause: 'refused' | 'unreachable' | 'ended' = 'ended';
    socket.setNoDelay(true);
    socket.on('connect', () => {
      if (!this.#closing) this.#events.tcp();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') cause = 'refused';
      else if (
        /^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/.test(error.code ?? '')
      ) {
        cause = 'unreachable';
      }
    });
    socket.on('close', () => this.#end(cause));
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#reader.stop();
    this.#hold?.socket()?.destroy();
  }

  #end(cause: 'refused' | 'unreachable' | 'ended'): void {
    if (this.#over) return;
    this.#over = true;
    this.#closing = true;
    this.#reader.stop();
    this.#hold?.api.removeAllListeners();
    this.#events.closed(cause);
  }

  #chunk(chunk: Buffer): void {
    if (!this.#closing) this.#reader.push(chunk);
  }

  #frame(buffer: Buffer, start: number, end: number): void {
    if (this.#closing) return;
    if (this.#version === 0 && !this.#greeting(buffer, start, end)) return;
    this.#events.heard();
    try {
      if (this.#ticks.take(buffer, start, end)) return;
      const history = decodeHistory(buffer, start, end, this.#version);
      if (history) {
        this.#events.answer(history.id, { type: 'bars', bars: history.bars });
        return;
      }
      this.#hold?.decode(buffer.toString('utf8', start, end));
    } catch (error) {
      this.#events.unreadable(error instanceof Error ? error.message : String(error));
    }
  }

  /** The first frame must be the server's version, or this is no gateway. */
  #greeting(buffer: Buffer, start: number, end: number): boolean {
    const version = Number(
      buffer.toString('latin1', start, Math.min(end, start + 16)).split('\0')[0],
    );
    if (Number.isInteger(version) && version > 0) {
      this.#version = version;
      return true;
    }
    this.#events.garbage('its first message is not a version');
    return false;
  }

  get #api(): IBApi {
    if (!this.#hold) throw new Error('Not connected');
    return this.#hold.api;
  }

  probe(): void {
    this.#api.reqCurrentTime();
  }

  marketDataType(kind: number): void {
    this.#api.reqMarketDataType(kind);
  }

  marketData(id: number, instrument: Instrument, snapshot: boolean): void {
    this.#api.reqMktData(id, contractOf(instrument), '', snapshot, false);
  }

  cancelMarketData(id: number): void {
    this.#api.cancelMktData(id);
  }

  history(id: number, query: HistoryQuery): void {
    this.#api.reqHistoricalData(
      id,
      contractOf(query.instrument),
      query.end,
      query.duration,
      query.barSize as BarSizeSetting,
      query.whatToShow as WhatToShow,
      query.useRth ? 1 : 0,
      2,
      query.keepUpToDate,
    );
  }

  cancelHistory(id: number): void {
    this.#api.cancelHistoricalData(id);
  }

  details(id: number, instrument: Instrument): void {
    this.#api.reqContractDetails(id, contractOf(instrument));
  }

  headTimestamp(id: number, instrument: Instrument, whatToShow: string, useRth: boolean): void {
    this.#api.reqHeadTimestamp(id, contractOf(instrument), whatToShow as WhatToShow, useRth, 2);
  }

  cancelHeadTimestamp(id: number): void {
    this.#api.cancelHeadTimestamp(id);
  }

  accountSummary(id: number, group: string, tags: string): void {
    this.#api.reqAccountSummary(id, group, tags);
  }

  cancelAccountSummary(id: number): void {
    this.#api.cancelAccountSummary(id);
  }
}

function contractOf(instrument: Instrument): Contract {
  return {
    symbol: instrument.symbol,
    secType: instrument.secType as SecType,
    exchange: instrument.exchange,
    currency: instrument.currency,
    ...(instrument.primaryExchange ? { primaryExch: instrument.primaryExchange } : {}),
    ...(instrument.localSymbol ? { localSymbol: instrument.localSymbol } : {}),
    ...(instrument.lastTradeDate ? { lastTradeDateOrContractMonth: instrument.lastTradeDate } : {}),
    ...(instrument.multiplier ? { multiplier: Number(instrument.multiplier) } : {}),
    ...(instrument.tradingClass ? { tradingClass: instrument.tradingClass } : {}),
    ...(instrument.conId ? { conId: instrument.conId } : {}),
  };
}
