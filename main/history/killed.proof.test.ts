import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import type { Bar, Timeframe } from '../../shared/bar.ts';
import { count } from '../../testing/counts.ts';
import { barsOf, columnsOf } from '../kit/bar-columns.ts';
import { formatFile } from './store/format.ts';
import { describeReport, parseFile } from './store/parse-file.ts';
import { formulaBars } from './testing/formula-source.ts';

// Much of the work is the disk's, which others may keep busy.
vi.setConfig({ testTimeout: count(120_000, 1_800_000) });

const dayMs = 86_400_000;
const saturday = Date.UTC(2026, 10, 21, 17);
const child = fileURLToPath(new URL('./testing/service-child.ts', import.meta.url));

const files: readonly (readonly [string, Timeframe, number])[] = [
  ['AAPL', '1m', 8],
  ['MSFT', '5m', 25],
  ['OLD', '1h', 80],
];

const truth = (timeframe: Timeframe, days: number) =>
  formulaBars(timeframe, 'all', saturday - days * dayMs, saturday);

it('a service killed again and again still makes every file whole, and keeps what it confirmed', async () => {
  const dir = fs.mkdtempSync(join(os.tmpdir(), 'killed-'));
  const path = (symbol: string, timeframe: Timeframe) => join(dir, `${symbol}_${timeframe}.csv`);
  for (const [symbol, timeframe, days] of files) {
    const holed = truth(timeframe, days).filter(
      (_, nth, all) => nth % 90 < 80 || nth > all.length - 3,
    );
    fs.writeFileSync(path(symbol, timeframe), formatFile(columnsOf(holed)));
  }
  const old = (bar: Bar) => bar.t < saturday - 40 * dayMs;

  /** Runs until it is whole, or kills it so long after it began to work. */
  async function run(killAfterMs: number | undefined, wish: string): Promise<string> {
    const args = ['--import', 'tsx', child, dir, String(saturday), wish];
    const service = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    let timer: NodeJS.Timeout | undefined;
    const arm = () => {
      if (killAfterMs !== undefined)
        timer ??= setTimeout(() => service.kill('SIGKILL'), killAfterMs);
    };
    service.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      arm();
    });
    await new Promise((ended) => service.on('close', ended));
    clearTimeout(timer);
    return told;
  }

  function check(): void {
    for (const [symbol, timeframe, days] of files) {
      const parsed = parseFile(fs.readFileSync(path(symbol, timeframe)));
      if (!parsed.ok) throw new Error(`${symbol}: ${parsed.reason}`);
      expect(describeReport(parsed.report)).toEqual([]);
      const right = new Map(truth(timeframe, days).map((bar) => [bar.t, bar]));
      for (const bar of barsOf(parsed.columns)) expect(bar).toEqual(right.get(bar.t));
    }
  }

  let confirmed = false;
  for (let nth = 0; nth < count(3, 40); nth++) {
    const told = await run((nth * 37) % 400, confirmed ? '' : 'wish');
    confirmed ||= told.includes('confirmed');
    check();
    // Something new is missing each time, so that there is work until the last.
    const bars = truth('5m', 25).filter((_, bar) => bar % (50 + nth) > 5);
    fs.writeFileSync(
      path('MSFT', '5m'),
      formatFile(columnsOf([...bars.slice(0, -1), bars.at(-1) as Bar])),
    );
  }
  expect(confirmed).toBe(true);
  expect(await run(undefined, '')).toContain('whole');
  check();
  for (const [symbol, timeframe, days] of files) {
    const parsed = parseFile(fs.readFileSync(path(symbol, timeframe)));
    const bars = parsed.ok ? barsOf(parsed.columns) : [];
    const right = truth(timeframe, days);
    const first = bars[0]?.t ?? 0;
    expect(bars).toEqual(right.filter(({ t }) => t >= first));
    if (symbol === 'OLD')
      expect(bars.filter(old)).toEqual(right.filter((bar) => bar.t >= first && old(bar)));
  }
  fs.rmSync(dir, { recursive: true });
});
