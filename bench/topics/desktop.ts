import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { DesktopApp, runtime, shown } from '../../e2e/desktop/desktop-app.ts';
import { root } from '../../e2e/desktop/runtime.ts';
import { NdjsonClient } from '../../e2e/support/ndjson.ts';
import { type Bench, type BenchContext, type Figure, median, percentile } from '../bench.ts';

const note = `on ${runtime.name}`;

const bench: Bench = {
  topic: 'desktop',
  async figures(context) {
    return [await firstPaint(context), ...(await whileRunning(context))];
  },
};
export default bench;

/** From the start of the process to tickers on the screen, beside an app that shows one word. */
async function firstPaint({ quick, say }: BenchContext): Promise<Figure> {
  const times: number[] = [];
  const empty: number[] = [];
  for (let i = 0; i < (quick ? 1 : 5); i++) {
    times.push(
      await inFolder(async (folder) => {
        const began = performance.now();
        const desktop = await DesktopApp.launch(folder);
        const page = await desktop.page();
        await page.locator('[data-ticker]').first().waitFor();
        const took = performance.now() - began;
        await desktop.quit();
        return took;
      }),
    );
    if (runtime.kind === 'double') empty.push(await inFolder(emptyApp));
    say(`start ${i + 1}: ${Math.round(times.at(-1) as number)} ms`);
  }
  return {
    name: 'start to first useful paint',
    value: median(times) / 1_000,
    unit: 's',
    goal: { atMost: 2 },
    ...(empty.length > 0
      ? { peer: { name: 'an app of one page', value: median(empty) / 1_000 } }
      : {}),
    note,
  };
}

async function emptyApp(folder: string): Promise<number> {
  const fixture = path.join(root, 'e2e/electron-double/fixture');
  const began = performance.now();
  const app: ElectronApplication = await _electron.launch({
    args: [fixture, `--user-data-dir=${folder}`],
    cwd: fixture,
  });
  await shown(await app.firstWindow());
  const took = performance.now() - began;
  await app.close();
  return took;
}

async function whileRunning({ quick }: BenchContext): Promise<readonly Figure[]> {
  return inFolder(async (folder) => {
    const desktop = await DesktopApp.launch(folder);
    const page = await desktop.page();
    await desktop.ready;
    const commands = await commandTimes(page, quick ? 5 : 300);
    const overHttp = await httpTimes(desktop, quick ? 5 : 300);
    const changes = await changeTimes(desktop, page, quick ? 1 : 20);
    await desktop.quit();
    return [
      {
        name: 'a change on the tray, slowest',
        value: Math.max(...changes.map(({ tray }) => tray)),
        unit: 'ms',
        goal: { atMost: 200 },
        note,
      },
      {
        name: 'a change in the window, slowest',
        value: Math.max(...changes.map(({ window }) => window)),
        unit: 'ms',
        goal: { atMost: 200 },
        note,
      },
      {
        name: 'a command from the window, 99th percentile',
        value: percentile(commands, 99),
        unit: 'ms',
        goal: { atMost: 20 },
        peer: { name: 'the same over HTTP', value: percentile(overHttp, 99) },
        note,
      },
    ];
  });
}

function commandTimes(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (times) => {
    const taken: number[] = [];
    for (let i = 0; i < times; i++) {
      const began = performance.now();
      await window.gatehouse.call('logs.read', { limit: 1 });
      taken.push(performance.now() - began);
    }
    return taken;
  }, count);
}

async function httpTimes(desktop: DesktopApp, count: number): Promise<number[]> {
  const { http } = await desktop.ready;
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const answer = await fetch(`http://${http.host}:${http.port}/api/v1/commands/logs.read`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ limit: 1 }),
    });
    await answer.text();
    taken.push(performance.now() - began);
  }
  return taken;
}

/** Reserve and release; both ends watch for themselves, by the one clock of the machine. */
async function changeTimes(desktop: DesktopApp, page: Page, count: number) {
  const { ndjson } = await desktop.ready;
  const client = new NdjsonClient(ndjson.port);
  const taken: { tray: number; window: number }[] = [];
  for (let i = 0; i < count; i++) {
    const onTray = desktop.app.evaluate(
      () =>
        new Promise<number>((done) => {
          const looking = setInterval(() => {
            if (!globalThis.gatehouseDesktop?.tray?.image.includes('paused')) return;
            clearInterval(looking);
            done(Date.now());
          }, 1);
        }),
    );
    const inWindow = page.evaluate(
      () =>
        new Promise<number>((done) => {
          const observer = new MutationObserver(() => {
            if (!document.body.textContent?.includes('The session is lent to')) return;
            observer.disconnect();
            done(Date.now());
          });
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        }),
    );
    // Whoever watches must be watching before anything changes.
    await page.evaluate(() => 0);
    await desktop.app.evaluate(() => 0);
    const began = Date.now();
    await client.ask('acquire_ibkr');
    const [tray, window] = await Promise.all([onTray, inWindow]);
    taken.push({ tray: tray - began, window: window - began });
    await client.ask('release_ibkr');
    await page.getByTestId('reservation').filter({ hasText: 'Nobody' }).waitFor();
  }
  client.close();
  return taken;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-bench-'));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
