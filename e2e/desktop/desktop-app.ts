/// <reference lib="dom" />
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import {
  _electron,
  test as base,
  type ElectronApplication,
  expect,
  type Page,
} from '@playwright/test';
import type { DesktopProbe } from '../../main/desktop/probe.ts';
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import type { ReadyLine } from '../../shared/ready-line.ts';
import { findRuntime, root } from './runtime.ts';

declare global {
  interface Window {
    readonly gatehouse: DesktopBridge;
  }
  var gatehouseDesktop: DesktopProbe | undefined;
}

export const runtime = findRuntime();

/** The built app under test; the proof that the tests notice puts a spoilt copy here. */
const appFolder = process.env['GATEHOUSE_DESKTOP_APP'] ?? root;

/** Ports of its own, no shared memory, quotes of its own making: runs may stand side by side. */
const calmArgs = ['--lightweight', '--ndjson-port=0', '--http-port=0', '--no-shm'] as const;

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** One running desktop app on a data folder of its own. */
export class DesktopApp {
  readonly app: ElectronApplication;
  readonly dataDir: string;
  readonly ready: Promise<ReadyLine>;
  /** Kept, because Playwright forgets it when the app ends. */
  readonly process: ChildProcess;
  readonly #said: Said;

  private constructor(app: ElectronApplication, dataDir: string, said: Said) {
    this.app = app;
    this.dataDir = dataDir;
    this.process = app.process();
    this.#said = said;
    this.ready = said.firstLine.then((line) => JSON.parse(line) as ReadyLine);
    // A test that does not wait for it must not fail by it.
    this.ready.catch(() => {});
  }

  static async launch(dataDir: string, { args = calmArgs, env = {} }: LaunchOptions = {}) {
    if (runtime.kind === 'double') {
      process.env['ELECTRON_OVERRIDE_DIST_PATH'] = path.dirname(runtime.program);
    }
    const { result: app, said } = await listening(`--data-dir=${dataDir}`, () =>
      _electron.launch({
        args: [appFolder, `--data-dir=${dataDir}`, ...args],
        cwd: dataDir,
        env: { ...(process.env as Record<string, string>), GATEHOUSE_DESKTOP_PROBE: '1', ...env },
      }),
    );
    return new DesktopApp(app, dataDir, said);
  }

  get log(): string {
    return this.#said.stderr.join('');
  }

  async page(): Promise<Page> {
    return await shown(await this.app.firstWindow());
  }

  tray(): Promise<{ toolTip: string; image: string; items: Record<string, boolean> } | null> {
    return this.app.evaluate(() => {
      const tray = globalThis.gatehouseDesktop?.tray;
      if (!tray) return null;
      const items: Record<string, boolean> = {};
      const walk = (menu: Electron.Menu | null | undefined) => {
        for (const item of menu?.items ?? []) {
          if (item.id) items[`${item.id}: ${item.label}`] = item.enabled;
          if (item.submenu) walk(item.submenu);
        }
      };
      walk(tray.menu);
      return { toolTip: tray.toolTip, image: tray.image, items };
    });
  }

  /** Chooses an entry of the tray's menu as a person would: only one that is enabled. */
  choose(id: string): Promise<void> {
    return this.app.evaluate((_electron, wanted) => {
      const item = globalThis.gatehouseDesktop?.tray?.menu?.getMenuItemById(wanted);
      if (!item?.enabled) throw new Error(`"${wanted}" cannot be chosen`);
      item.click();
    }, id);
  }

  state() {
    return this.app.evaluate(() => globalThis.gatehouseDesktop?.state);
  }

  /** Resolves with the exit code when the app ends, by whatever means. */
  ended(): Promise<number | null> {
    const { process: child } = this;
    if (child.exitCode !== null) return Promise.resolve(child.exitCode);
    return new Promise((done) => child.once('exit', (code) => done(code)));
  }

  /** Quits and answers with the exit code. */
  async quit(): Promise<number | null> {
    const code = this.ended();
    if (this.process.exitCode === null) await this.app.close();
    return code;
  }
}

/** What a test that replaced `shell`'s functions has kept in the main process. */
export function openedBy(desktop: DesktopApp): Promise<readonly string[]> {
  return desktop.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
}

export async function shown(page: Page): Promise<Page> {
  await page.waitForURL((url) => url.pathname === '/index.html', { waitUntil: 'load' });
  return page;
}

/** What an app has said since it was started. */
interface Said {
  readonly firstLine: Promise<string>;
  readonly stderr: readonly string[];
}

/**
 * Listens from the moment the app is spawned. Playwright reads the streams itself, so whoever waits
 * for its launch to answer has lost what a quick app said while this process was slow.
 */
async function listening<T>(
  argument: string,
  launch: () => Promise<T>,
): Promise<{ readonly result: T; readonly said: Said }> {
  let said: Said | null = null;
  const born = (message: unknown): void => {
    const { process: child } = message as { readonly process: ChildProcess };
    child.once('spawn', () => {
      if (said || !child.spawnargs.includes(argument)) return;
      const stderr: string[] = [];
      child.stderr?.on('data', (chunk: Buffer) => stderr.push(String(chunk)));
      const first = firstLine(child.stdout as NodeJS.ReadableStream);
      first.catch(() => {});
      said = { firstLine: first, stderr };
    });
  };
  subscribe('child_process', born);
  try {
    const result = await launch();
    if (!said) throw new Error('the app was launched and its process was not seen');
    return { result, said };
  } finally {
    unsubscribe('child_process', born);
  }
}

/** Reads on after it, so that the app is never stopped by a full pipe. */
function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((done, fail) => {
    const lines = readline.createInterface({ input: stream });
    lines.once('line', done);
    lines.once('close', () => fail(new Error('the app ended before it was ready')));
  });
}

export const test = base.extend<{
  dataDir: string;
  /** Launches as the test says, and quits what is still running after it. */
  launch: (options?: LaunchOptions) => Promise<DesktopApp>;
  desktop: DesktopApp;
}>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape
  dataDir: async ({}, use, info) => {
    info.annotations.push({ type: 'runtime', description: runtime.name });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-desktop-'));
    await use(folder);
    // Chromium's helpers may still be writing for a moment after it has gone.
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  },
  launch: async ({ dataDir }, use) => {
    const apps: DesktopApp[] = [];
    await use(async (options) => {
      const app = await DesktopApp.launch(dataDir, options);
      apps.push(app);
      return app;
    });
    for (const app of apps) expect(await app.quit(), app.log).toBe(0);
  },
  desktop: async ({ launch }, use) => use(await launch()),
});

export { calmArgs, expect };
