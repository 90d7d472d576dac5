import { expect, firstPage, launchFixture, test } from './fixture-app.ts';

interface FixtureApi {
  readonly nested: { readonly list: number[]; readonly when: Date };
  add(a: unknown, b: unknown): number;
  invoke(channel: string, value?: unknown): Promise<unknown>;
  note(value: unknown): void;
  onNote(listener: (value: unknown) => void): () => void;
  throws(): void;
  module(name: string): unknown;
  sync(): unknown;
}

declare const window: {
  fixture: FixtureApi;
  [name: string]: unknown;
} & EventTarget;

test('a page sees nothing of its preload but what was exposed', async ({ page }) => {
  expect(await page.evaluate(() => window['found'])).toEqual({
    require: 'undefined',
    process: 'undefined',
    leaked: 'undefined',
  });
  const globals = await page.evaluate(() =>
    Object.getOwnPropertyNames(window).filter((name) => /electron(double|inbox)/i.test(name)),
  );
  expect(globals).toEqual([]);
});

test('what was exposed is frozen, cannot be replaced and has the page’s own prototypes', async ({
  page,
}) => {
  const found = await page.evaluate(() => {
    const { fixture } = window;
    Reflect.set(window, 'fixture', {});
    Reflect.set(fixture, 'more', 1);
    return {
      replaced: window.fixture !== fixture,
      removed: Reflect.deleteProperty(window, 'fixture'),
      extended: 'more' in fixture,
      nested: Object.isFrozen(fixture.nested.list),
      isArray: Object.getPrototypeOf(fixture.nested.list) === Array.prototype,
      isDate: fixture.nested.when instanceof Date,
    };
  });
  expect(found).toEqual({
    replaced: false,
    removed: false,
    extended: false,
    nested: true,
    isArray: true,
    isDate: true,
  });
});

test('calls across the worlds answer at once and errors cross as errors', async ({ page }) => {
  const found = await page.evaluate(() => {
    const caught = (call: () => unknown) => {
      try {
        return call();
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : 'no error object';
      }
    };
    return {
      sum: window.fixture.add(2, 3),
      thrown: caught(() => window.fixture.throws()),
      fs: caught(() => window.fixture.module('node:fs')),
      sync: caught(() => window.fixture.sync()),
      node: caught(() => window.fixture.add(document.body, 1)),
    };
  });
  expect(found.sum).toBe(5);
  expect(found.thrown).toBe('RangeError: from the preload');
  expect(found.fs).toBe('Error: module not found: node:fs');
  expect(found.sync).toContain('does not have ipcRenderer.sendSync');
  expect(found.node).toContain('could not be cloned');
});

test('a page that patches the platform neither breaks nor overhears the bridge', async ({
  page,
}) => {
  const found = await page.evaluate(async () => {
    const heard: unknown[] = [];
    EventTarget.prototype.dispatchEvent = (event) => {
      heard.push(event);
      return true;
    };
    globalThis.CustomEvent = class {
      constructor(...args: unknown[]) {
        heard.push(args);
      }
    } as never;
    JSON.stringify = (value: unknown) => {
      heard.push(value);
      return '';
    };
    const answer = await window.fixture.invoke('echo', { secret: 7 });
    return { answer, sum: window.fixture.add(1, 1), heard: heard.length };
  });
  expect(found).toEqual({ answer: { secret: 7 }, sum: 2, heard: 0 });
});

test('without context isolation the bridge refuses, as Electron’s does', async ({ userData }) => {
  const app = await launchFixture(userData, ['--no-isolation']);
  const page = await firstPage(app);
  expect(
    await page.evaluate(() => [typeof window['fixture'], typeof window['preloadSecret']]),
  ).toEqual(['undefined', 'string']);
  expect(await app.evaluate(() => globalThis.fixture.seen)).toEqual([
    { preload: 'contextBridge API can only be used when contextIsolation is enabled' },
  ]);
  await app.close();
});

test('values survive the way to the main process and back', async ({ page }) => {
  const found = await page.evaluate(async () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const echo = (value: unknown) => window.fixture.invoke('echo', value);
    const back = (await echo(loop)) as Record<string, unknown>;
    const map = (await echo(new Map([['a', new Set([1n])]]))) as Map<string, Set<bigint>>;
    const bytes = (await echo(new Uint8Array([1, 2, 255]))) as Uint8Array;
    return {
      loop: back['self'] === back,
      undefinedStays: (await echo(undefined)) === undefined,
      minusZero: Object.is(await echo(-0), -0),
      nan: Number.isNaN(await echo(Number.NaN)),
      date: ((await echo(new Date(5))) as Date).getTime(),
      map: map.get('a')?.has(1n),
      bytes: [...bytes],
      refused: await window.fixture.invoke('echo', { f: () => 1 }).catch((e) => e.message),
      failed: await window.fixture.invoke('fail').catch((e) => e.message),
      unknown: await window.fixture.invoke('nobody').catch((e) => e.message),
    };
  });
  expect(found).toMatchObject({
    loop: true,
    undefinedStays: true,
    minusZero: true,
    nan: true,
    date: 5,
    map: true,
    bytes: [1, 2, 255],
    failed: "Error invoking remote method 'fail': TypeError: no luck",
    unknown: "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
  });
  expect(found.refused).toContain('could not be cloned');
});

test('messages go both ways until the listener is taken off', async ({ app, page }) => {
  const heard = await page.evaluate(async () => {
    const list: unknown[] = [];
    const stop = window.fixture.onNote((value) => list.push(value));
    window.fixture.note('one');
    await window.fixture.invoke('echo', 0);
    await window.fixture.invoke('echo', 0);
    stop();
    window.fixture.note('two');
    await window.fixture.invoke('echo', 0);
    await window.fixture.invoke('echo', 0);
    return list;
  });
  expect(heard).toEqual(['one']);
  expect(await app.evaluate(() => globalThis.fixture.seen)).toEqual(['one', 'two']);
});
