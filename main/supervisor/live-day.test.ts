import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Bars } from '../../clients/node/bars.mjs';
import { connect } from '../../clients/node/client.mjs';
import { Dictionary } from '../../clients/node/dictionary.mjs';
import type { Bar } from '../../shared/bar.ts';
import { loadConfig } from '../config/load.ts';
import { parseOptions } from '../config/options.ts';
import { systemClock } from '../kit/clock.ts';
import { createLog } from '../log/create-log.ts';
import { startSimulator } from '../simulator/index.ts';
import { createMarket } from '../simulator/market/market.ts';
import { scaledClock } from '../simulator/scaled-clock.ts';
import { prepareDataFolder } from './data-folder.ts';
import { createGatehouse } from './gatehouse.ts';

const friday = Date.UTC(2026, 10, 20);
const monday = Date.UTC(2026, 10, 23);
const sunday = Date.UTC(2026, 10, 22);
const hourMs = 3_600_000;
let programs = 0;

interface Quote {
  readonly tsEpochMs: number;
  readonly source: string;
}

/** The program over a simulated gateway, both at a time of the test's. */
async function programAt(now: number, symbols: readonly string[], more: readonly string[] = []) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-live-day-'));
  const clock = scaledClock(systemClock, 1, now - Date.now());
  const market = createMarket({ seed: 5, symbols, hours: 'real' });
  const simulator = await startSimulator({ port: 0, controlPort: false, market, clock });
  const shm = `gh-live-day-${process.pid}-${programs++}`;
  const options = [
    ...['--data-dir', dir, '--ib-host', simulator.host, '--ib-port', `${simulator.port}`],
    ...['--ndjson-port', '0', '--http-port', '0', '--shm-name', shm],
    ...['--watchlist', symbols.join(',')],
    ...more,
  ];
  const surroundings = { cwd: dir, env: {}, home: dir, platform: process.platform };
  const config = loadConfig(parseOptions(options), surroundings);
  prepareDataFolder(config);
  const logs = createLog({ level: 'error', format: 'json', dir: null, stderr: process.stderr });
  const around = { mode: 'headless', version: '0', clock, logs, windowDir: null } as const;
  const gatehouse = await createGatehouse(config, around);
  onTestFinished(async () => {
    await gatehouse.stop();
    await simulator.close();
    logs.close();
    fs.rmSync(dir, { recursive: true, force: true });
  });
  expect(await gatehouse.start()).toEqual([]);
  const base = () => `http://127.0.0.1:${gatehouse.readyLine().http?.port}/api/v1`;
  const get = async (where: string) => (await fetch(`${base()}${where}`)).json();
  return {
    /** The day so far as the exchange knows it. */
    exchangeDay(symbol: string, from: number) {
      const instrument = market.instruments.find(({ localSymbol }) => localSymbol === symbol);
      if (!instrument) throw new Error(`no ${symbol}`);
      const minutes = market.bars(instrument, {
        ...{ barSeconds: 60, fromMs: from, toMs: clock.now(), what: 'TRADES' },
        regularHours: true,
      });
      const high = Math.max(...minutes.map((bar) => bar.high));
      const low = Math.min(...minutes.map((bar) => bar.low));
      return { open: minutes[0]?.open, high, low };
    },
    /** Which series of the columns end with a bar that is being made. */
    made(ticker: string) {
      const columns = new Bars(`${shm}-bars`);
      try {
        const series = columns.list().filter(({ symbol }) => symbol === ticker);
        const made = series.map(
          ({ barSeconds }) =>
            [barSeconds, columns.history(ticker, barSeconds).provisional] as const,
        );
        return Object.fromEntries(made);
      } finally {
        columns.close();
      }
    },
    /** What `get_history` answers. */
    async history(ticker: string) {
      const client = await connect({ port: gatehouse.readyLine().ndjson?.port ?? 0 });
      try {
        return await client.request('get_history', { ticker, limit: 5000 });
      } finally {
        await client.close();
      }
    },
    /** Waits until so many trades have moved the quote. */
    async ticks(ticker: string, count: number): Promise<void> {
      const seen = new Set<number>();
      const look = async () => {
        const { quotes } = (await get(`/quotes?tickers=${ticker}`)) as { quotes: Quote[] };
        for (const { tsEpochMs, source } of quotes) if (source === 'ibkr_tick') seen.add(tsEpochMs);
        return seen.size;
      };
      await expect.poll(look, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
    },
    /** The last day each of the readers finds. */
    async lastDays(ticker: string) {
      const { bars } = (await get(`/bars?ticker=${ticker}&timeframe=1d&limit=50000`)) as {
        bars?: Bar[];
      };
      const columns = new Bars(`${shm}-bars`);
      const dictionary = new Dictionary(shm);
      try {
        const rows = columns
          .list()
          .some(({ symbol, barSeconds }) => symbol === ticker && barSeconds === 86_400)
          ? columns.getStock(ticker)
          : [];
        const known = dictionary.listTickers().includes(ticker);
        return {
          http: bars?.at(-1),
          columns: rows.at(-1),
          dictionary: known ? dictionary.getStock(ticker).df?.at(-1) : undefined,
        };
      } finally {
        columns.close();
      }
    },
  };
}

describe('the day that is being traded', () => {
  it('is Monday on Sunday evening, for currencies and futures, wherever it is read', async () => {
    const program = await programAt(sunday + 23.2 * hourMs, ['EUR.USD', 'ES'], ['--no-use-rth']);
    for (const ticker of ['EUR.USD', 'ES']) {
      await expect
        .poll(() => program.lastDays(ticker), { timeout: 20_000 })
        .toMatchObject({
          http: { t: monday },
          columns: { Date: '2026-11-23' },
          dictionary: { Date: '2026-11-23' },
        });
    }
  });

  it.each([
    ['after the close', friday + 22.2 * hourMs, 5],
    ['on a day without trading', sunday + 17 * hourMs, 1],
  ])('is none %s: the quote moves, the settled bar stays as it is', async (_when, now, count) => {
    const program = await programAt(now, ['AAPL']);
    const settled = () => program.lastDays('AAPL');
    await expect.poll(settled, { timeout: 20_000 }).toMatchObject({ http: { t: friday } });
    await program.ticks('AAPL', count);
    const { http, columns, dictionary } = await settled();
    const { open, high, low, close, volume } = http as Bar;
    expect(program.made('AAPL')).toMatchObject({ 86400: false });
    expect(await program.history('AAPL')).toMatchObject({ provisional_from: null });
    const row = { Open: open, High: high, Low: low, Close: close, Volume: volume };
    expect(columns).toEqual({ Date: '2026-11-20', ...row });
    expect(dictionary).toEqual({ Date: '2026-11-20', ...row });
  });

  it('begins with its open and has its extremes when the program starts in the middle of it', async () => {
    const program = await programAt(friday + 17 * hourMs, ['AAPL']);
    const { open, high, low } = program.exchangeDay('AAPL', friday);
    const whole = { Date: '2026-11-20', Open: open };
    await expect
      .poll(() => program.lastDays('AAPL'), { timeout: 20_000 })
      .toMatchObject({ http: { t: friday, open }, columns: whole, dictionary: whole });
    const { http, columns } = await program.lastDays('AAPL');
    const now = program.exchangeDay('AAPL', friday);
    for (const shown of [http?.high, columns?.High]) {
      expect(shown).toBeGreaterThanOrEqual(high);
      expect(shown).toBeLessThanOrEqual(now.high);
    }
    for (const shown of [http?.low, columns?.Low]) {
      expect(shown).toBeLessThanOrEqual(low);
      expect(shown).toBeGreaterThanOrEqual(now.low);
    }
  });

  it('is marked as being made in the columns and in get_history, as its newest minute is', async () => {
    const program = await programAt(friday + 17 * hourMs, ['AAPL']);
    await expect
      .poll(() => program.made('AAPL'), { timeout: 20_000 })
      .toMatchObject({ 60: true, 86400: true });
    expect(await program.history('AAPL')).toMatchObject({ provisional_from: friday });
  });
});
