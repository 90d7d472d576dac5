import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bar, barSeconds, type Timeframe } from '../../shared/bar.ts';
import { count } from '../../testing/counts.ts';
import type { IbkrService } from '../ibkr/ports.ts';
import { createIbkrService } from '../ibkr/service.ts';
import { barsOf, columnsOf } from '../kit/bar-columns.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { historySource } from '../supervisor/history-source.ts';
import { createHistory, type HistoryService } from './service.ts';
import { formatBars, formatFile } from './store/format.ts';
import { parseFile } from './store/parse-file.ts';
import { deafSnapshot } from './testing/deaf-snapshot.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: 120_000 });

const dayMs = 86_400_000;
/** A Saturday noon, so that everything is over and nothing moves. */
const saturday = Date.UTC(2026, 10, 21, 17);

let dir: string;
let clock: Clock;
let gateway: Simulator;
let ibkr: IbkrService;
let history: HistoryService;
let reserved: boolean;

beforeEach(async () => {
  dir = fs.mkdtempSync(join(os.tmpdir(), 'history-gateway-'));
  reserved = false;
  const ahead = saturday - Date.now();
  clock = { now: () => Date.now() + ahead, after: (ms, call) => systemClock.after(ms, call) };
  gateway = await startSimulator({
    port: 0,
    controlPort: false,
    seed: 5,
    symbols: ['AAPL', 'MSFT', 'EUR.USD', 'ES'],
    marketHours: 'real',
    clock,
  });
  ibkr = createIbkrService(
    {
      host: gateway.host,
      port: gateway.port,
      clientId: 1,
      clientIdPolicy: 'cycle',
      autoReconnect: true,
      live: false,
      gateway: false,
      marketDataType: 'live',
      delaysMs: [50, 100],
      clock,
      log: silentLog,
    },
    { quotes: { tick: () => {} }, publish: () => {} },
  );
});

afterEach(async () => {
  await history.stop();
  await ibkr.stop();
  await gateway.close();
  fs.rmSync(dir, { recursive: true });
});

function make(watchlist: readonly string[] = []): void {
  history = createHistory(
    {
      dir,
      watchlist,
      clock,
      log: silentLog,
      tempo: { beatMs: 20, restMs: 20 },
      checkIntervalMs: 500,
    },
    {
      source: historySource(ibkr),
      snapshot: deafSnapshot,
      lease: { reserved: () => reserved },
      publish: () => {},
    },
  );
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(JSON.stringify(history.view(), null, 1));
    await new Promise((go) => setTimeout(go, 10));
  }
}

function truth(ticker: string, timeframe: Timeframe, days: number): readonly Bar[] {
  const [symbol = '', currency] = ticker.split('.');
  const instrument = gateway.market.instruments.find(
    (one) => one.symbol === symbol && (currency === undefined || one.currency === currency),
  );
  if (!instrument) throw new Error(`the market has no ${ticker}`);
  return gateway.market
    .bars(instrument, {
      barSeconds: barSeconds(timeframe),
      fromMs: saturday - days * dayMs,
      toMs: saturday,
      regularHours: timeframe === '1d',
      what: instrument.secType === 'CASH' ? 'MIDPOINT' : 'TRADES',
    })
    .map(({ t, open, high, low, close, volume }) => ({
      t,
      open,
      high,
      low,
      close,
      volume: Math.max(0, volume),
    }));
}

const path = (symbol: string, timeframe: Timeframe) => join(dir, `${symbol}_${timeframe}.csv`);

function put(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): void {
  fs.writeFileSync(path(symbol, timeframe), formatFile(columnsOf(bars)));
}

function read(symbol: string, timeframe: Timeframe): readonly Bar[] {
  const parsed = parseFile(fs.readFileSync(path(symbol, timeframe)));
  if (!parsed.ok) throw new Error(parsed.reason);
  return barsOf(parsed.columns);
}

function holed(bars: readonly Bar[]): readonly Bar[] {
  return bars.filter((_, nth) => nth === 0 || nth === bars.length - 1 || nth % 80 >= 7);
}

/** One row for each opening of the file, as a script of somebody else does. */
const appender = `
const fs = require('node:fs');
const [path, rows] = process.argv.slice(1);
for (const row of JSON.parse(fs.readFileSync(rows, 'utf8'))) {
  const fd = fs.openSync(path, 'a');
  fs.writeSync(fd, row);
  fs.closeSync(fd);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}
`;

describe('with the real session and the simulated gateway', () => {
  it('files become equal to the market while another program appends to them, within the limits', async () => {
    make();
    const files: [string, Timeframe, number][] = [
      ['AAPL', '5m', 9],
      ['MSFT', '1m', 4],
      ['EUR.USD', '15m', 9],
      ['ES', '1h', 9],
    ];
    for (const [symbol, timeframe, days] of files) {
      put(symbol, timeframe, holed(truth(symbol, timeframe, days)));
    }
    const whole = truth('AAPL', '5m', 9);
    const later = count(150, 600);
    put('AAPL', '5m', holed(whole.slice(0, -later)));
    const rows = join(dir, 'rows.json');
    fs.writeFileSync(rows, JSON.stringify(whole.slice(-later).map((bar) => formatBars([bar]))));
    const outside = spawn(process.execPath, ['-e', appender, path('AAPL', '5m'), rows], {
      stdio: 'inherit',
    });
    const ended = new Promise((done) => outside.on('close', done));
    await ibkr.start();
    await history.start();
    expect(await ended).toBe(0);
    await until(() => {
      const { coverage, queue } = history.view();
      return (
        coverage.length === 4 &&
        queue.length === 0 &&
        coverage.every((one) => one.state === 'whole')
      );
    });
    for (const [symbol, timeframe, days] of files) {
      expect(read(symbol, timeframe), `${symbol} ${timeframe}`).toEqual(
        truth(symbol, timeframe, days),
      );
    }
    const asked = gateway.log().filter(({ message }) => message === 'historicalData');
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThanOrEqual(60);
    const identities = asked.map(({ fields }) => JSON.stringify({ ...fields, reqId: 0 }));
    expect(new Set(identities).size).toBe(asked.length);
  });

  it('a year of days is downloaded for stocks, a pair and a future', async () => {
    make(['AAPL', 'MSFT', 'EUR.USD', 'ES']);
    await ibkr.start();
    await history.start();
    await until(() => {
      const { coverage, download } = history.view();
      return download === null && coverage.length === 4 && coverage.every(({ rows }) => rows > 240);
    });
    expect(history.isDownloading()).toBe(false);
    expect(read('AAPL', '1d').slice(-200)).toEqual(truth('AAPL', '1d', 364).slice(-200));
  });

  it('what no session can bring waits until there is one', async () => {
    make();
    put('AAPL', '5m', holed(truth('AAPL', '5m', 4)));
    await history.start();
    await until(() => history.view().queue.length > 0);
    expect(history.view().activity).toEqual({ kind: 'waiting', for: 'session' });
    await ibkr.start();
    await until(() => history.view().coverage[0]?.state === 'whole');
    expect(read('AAPL', '5m')).toEqual(truth('AAPL', '5m', 4));
  });
});
