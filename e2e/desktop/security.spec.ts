import type { Page } from '@playwright/test';
import { type DesktopApp, expect, openedBy, runtime, shown, test } from './desktop-app.ts';

/** Channels the main process listens on, as far as the runtime tells. */
async function channels(desktop: DesktopApp) {
  return desktop.app.evaluate(({ ipcMain }) => {
    const inside = ipcMain as unknown as {
      handledChannels?: () => string[];
      _invokeHandlers?: Map<string, unknown>;
    };
    const handled =
      '_invokeHandlers' in inside
        ? [...(inside._invokeHandlers as Map<string, unknown>).keys()]
        : (inside.handledChannels?.() ?? []);
    return { handled, heard: ipcMain.eventNames().map(String) };
  });
}

/** What the page's own world has that an empty frame of it does not. */
function ownGlobals(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const bare = new Set(Object.getOwnPropertyNames(frame.contentWindow));
    frame.remove();
    // Frames and elements with an id are found by number and by name on any window.
    return Object.getOwnPropertyNames(window).filter(
      (name) => !bare.has(name) && !/^\d+$/.test(name) && !document.getElementById(name),
    );
  });
}

test('the page is given call, subscribe and platform, and nothing else', async ({ desktop }) => {
  const page = await desktop.page();
  expect(await ownGlobals(page)).toEqual(['gatehouse']);
  const given = await page.evaluate(() =>
    Object.entries(Object.getOwnPropertyDescriptors(window.gatehouse)).map(
      ([name, { value }]) => `${name}: ${typeof value}`,
    ),
  );
  expect(given.sort()).toEqual(['call: function', 'platform: string', 'subscribe: function']);
});

test('the preload and Node are out of the page’s reach', async ({ desktop }) => {
  const page = await desktop.page();
  const found = await page.evaluate(() => ({
    types: [
      'require',
      'process',
      'module',
      'ipcRenderer',
      'Buffer',
      'electron',
      'commandChannel',
    ].map((name) => typeof (window as unknown as Record<string, unknown>)[name]),
    replaced: Reflect.set(window, 'gatehouse', {}),
    extended: Reflect.set(window.gatehouse, 'more', 1),
    stillThere: typeof window.gatehouse.call,
  }));
  expect(found).toEqual({
    types: Array(7).fill('undefined'),
    replaced: false,
    extended: false,
    stillThere: 'function',
  });
});

test('the main process listens on one channel for commands and one for state', async ({
  desktop,
}) => {
  await desktop.page();
  expect(await channels(desktop)).toEqual({
    handled: ['gatehouse:command'],
    heard: ['gatehouse:state'],
  });
});

test('the policy of the page is exactly the one that was decided', async ({ desktop }) => {
  const page = await desktop.page();
  const policy = await page.evaluate(async () =>
    (await fetch('/index.html')).headers.get('content-security-policy'),
  );
  expect(policy?.replace(/'nonce-[A-Za-z0-9+/=]+'/, "'nonce-N'").split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'nonce-N'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
});

test('the policy holds: nothing foreign, inline or made of text runs or loads', async ({
  desktop,
}) => {
  const page = await desktop.page();
  const found = await page.evaluate(async () => {
    const refused = new Set<string>();
    Object.assign(window, { refused });
    document.addEventListener('securitypolicyviolation', (event) =>
      refused.add(event.effectiveDirective),
    );
    const add = (name: string, set: (element: HTMLElement) => void) => {
      const element = document.createElement(name);
      set(element);
      document.body.append(element);
    };
    add('script', (e) => {
      e.textContent = 'window.inlineRan = true';
    });
    add('script', (e) => e.setAttribute('src', 'https://evil.example/x.js'));
    add('img', (e) => e.setAttribute('src', 'https://evil.example/x.png'));
    add('iframe', (e) => e.setAttribute('src', 'https://evil.example/'));
    add('style', (e) => {
      e.textContent = 'body { --inline: ran }';
    });
    add('div', (e) => e.setAttribute('onclick', 'window.inlineRan = true'));
    document.querySelector<HTMLElement>('[onclick]')?.click();
    const fetched = await fetch('https://evil.example/').catch(() => 'refused');
    const socket = new Promise((done) => {
      try {
        const ws = new WebSocket('ws://127.0.0.1:9/');
        ws.onerror = () => done('refused');
      } catch {
        done('refused');
      }
    });
    const evaluated = await new Promise((done) =>
      setTimeout(() => {
        try {
          // biome-ignore lint/security/noGlobalEval: that it does not run is what is tested
          done(globalThis.eval('1 + 1'));
        } catch (error) {
          done((error as Error).name);
        }
      }, 0),
    );
    const worked = [fetched, await socket];
    return {
      worked,
      evaluated,
      inlineRan: 'inlineRan' in window,
      inlineStyle: getComputedStyle(document.body).getPropertyValue('--inline'),
    };
  });
  expect(found).toEqual({
    worked: ['refused', 'refused'],
    evaluated: 'EvalError',
    inlineRan: false,
    inlineStyle: '',
  });
  // The browser tells of each refusal when it gets round to it.
  const refused = () =>
    page.evaluate(() => [...((window as never)['refused'] as Set<string>)].sort());
  await expect
    .poll(refused)
    .toEqual([
      'connect-src',
      'frame-src',
      'img-src',
      'script-src',
      'script-src-attr',
      'script-src-elem',
      'style-src-elem',
    ]);
});

test('unknown and malformed commands are refused in words', async ({ desktop }) => {
  const page = await desktop.page();
  const codes = await page.evaluate(async () => {
    const call = window.gatehouse.call as (...args: unknown[]) => Promise<unknown>;
    const calls: unknown[][] = [
      ['no.such.command', {}],
      ['__proto__', {}],
      ['constructor', {}],
      ['toString'],
      [],
      [{ name: 'logs.read' }, {}],
      ['service.stop', { service: 'everything' }],
      ['service.stop', { service: 'http', more: 1 }],
      ['logs.read', { limit: 1e9 }],
      ['logs.read', 'x'.repeat(1_000_000)],
      ['logs.read', JSON.parse('{"__proto__":{"limit":1}}')],
    ];
    return Promise.all(
      calls.map(async (args) => {
        const result = (await call(...args)) as { ok: boolean; error?: { code: string } };
        return result.ok ? 'ok' : result.error?.code;
      }),
    );
  });
  expect(codes).toEqual([
    'UNKNOWN_COMMAND',
    'UNKNOWN_COMMAND',
    'UNKNOWN_COMMAND',
    'UNKNOWN_COMMAND',
    'BAD_INPUT',
    'BAD_INPUT',
    'BAD_INPUT',
    'BAD_INPUT',
    'BAD_INPUT',
    'BAD_INPUT',
    'BAD_INPUT',
  ]);
});

test('a flood of calls is answered, none is lost, and the services go on', async ({ desktop }) => {
  const page = await desktop.page();
  const { http } = await desktop.ready;
  const counted = page.evaluate(async () => {
    const results = await Promise.all(
      Array.from({ length: 2_000 }, (_, i) =>
        window.gatehouse.call(i % 2 ? 'no.such.command' : 'logs.read', {}),
      ),
    );
    const ends = Array.from({ length: 200 }, () => window.gatehouse.subscribe(() => {}));
    for (const end of ends) end();
    return results.length;
  });
  const health = await fetch(`http://${http.host}:${http.port}/api/v1/health`);
  expect(health.status).toBe(200);
  expect(await counted).toBe(2_000);
  await desktop.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.webContents.reload();
  });
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
});

test('a frame in the page has no bridge, and no frame can be loaded', async ({ desktop }) => {
  const page = await desktop.page();
  const found = await page.evaluate(async () => {
    const bare = document.createElement('iframe');
    document.body.append(bare);
    const own = document.createElement('iframe');
    own.src = '/index.html';
    const loaded = new Promise((done) => own.addEventListener('load', done));
    document.body.append(own);
    await loaded;
    let inside = 'unreachable';
    try {
      inside = typeof (own.contentWindow as Window | null)?.gatehouse;
    } catch {
      // A refused frame is of an opaque origin.
    }
    return { bare: typeof bare.contentWindow?.gatehouse, inside };
  });
  expect(found.bare).toBe('undefined');
  expect(found.inside).not.toBe('object');
});

test('a page of a foreign origin has its messages refused', async ({ desktop }) => {
  await desktop.page();
  const foreign = desktop.app.waitForEvent('window');
  // A page that should never be: same preload, other host. Only the check of the sender is left.
  await desktop.app.evaluate(({ BrowserWindow, protocol, session }) => {
    session.defaultSession.webRequest.onBeforeRequest(null);
    protocol.unhandle('app');
    protocol.handle(
      'app',
      () =>
        new Response('<title>stranger</title>', {
          headers: { 'content-type': 'text/html' },
        }),
    );
    const preload = globalThis.gatehouseDesktop?.preload ?? '';
    const window = new BrowserWindow({
      show: false,
      webPreferences: { preload, sandbox: true, contextIsolation: true },
    });
    void window.loadURL('app://stranger/');
  });
  const page = await foreign;
  await page.waitForFunction(() => document.title === 'stranger' && 'gatehouse' in window);
  const answer = await page.evaluate(async () => {
    let heard = 0;
    window.gatehouse.subscribe(() => heard++);
    const result = await window.gatehouse.call('logs.read', {});
    await window.gatehouse.call('logs.read', {});
    return { result, heard };
  });
  expect(answer).toMatchObject({ result: { ok: false, error: { code: 'FORBIDDEN' } }, heard: 0 });
  await expect.poll(() => desktop.log).toContain('a message from a stranger');
});

test('no path leads out of the window’s files', async ({ desktop }) => {
  const page = await desktop.page();
  const answers = await page.evaluate(async () => {
    const paths = [
      '/../package.json',
      // A file that is there and of a kind that is served: only the containment is in the way.
      '/..%2fmain%2findex.js',
      '/..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/assets/..%2f..%2f..%2fpackage.json',
      '/..%5cmain%5cindex.js',
      '/%00',
      '//etc/passwd',
      '/%252e%252e/main/index.js',
    ];
    return Promise.all(
      paths.map(async (path) => {
        const response = await fetch(location.origin + path).catch(() => null);
        return response === null ? 'refused' : response.status;
      }),
    );
  });
  for (const answer of answers) expect(['refused', 403, 404]).toContain(answer);
});

test('the page cannot be moved away, nor open windows, nor be given permissions', async ({
  desktop,
}) => {
  const page = await desktop.page();
  await desktop.app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = async (url) => void opened.push(url);
  });
  const found = await page.evaluate(async () => {
    const state = async (name: string) =>
      (await navigator.permissions.query({ name: name as PermissionName })).state;
    const position = await new Promise((done) =>
      navigator.geolocation.getCurrentPosition(
        () => done('given'),
        () => done('refused'),
      ),
    );
    window.open('https://evil.example/');
    window.open('file:///etc/passwd');
    return { position, read: await state('clipboard-read'), camera: await state('camera') };
  });
  expect(found).toEqual({ position: 'refused', read: 'denied', camera: 'denied' });
  await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'https://evil.example/away';
    document.body.append(link);
    link.click();
  });
  await expect.poll(() => desktop.log).toContain('a navigation of the window was denied');
  await page.evaluate(() => {
    location.href = 'https://evil.example/again';
  });
  await expect(page.getByRole('main')).toHaveAttribute('data-live', 'true');
  expect(desktop.app.windows()).toHaveLength(1);
  expect(await openedBy(desktop)).toEqual([]);
});

test('text may be copied to the clipboard', async ({ desktop }) => {
  const page = await desktop.page();
  const state = await page.evaluate(
    async () =>
      (await navigator.permissions.query({ name: 'clipboard-write' as PermissionName })).state,
  );
  expect(state).toBe('granted');
});

test('the window was made with every power of its page withheld', async ({ desktop }) => {
  test.skip(
    runtime.kind !== 'double',
    'Electron does not tell the options a window was made with.',
  );
  const page = await desktop.page();
  await shown(page);
  const preferences = await desktop.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows() as unknown as {
      options: { webPreferences: Record<string, unknown> };
    }[];
    return window?.options.webPreferences;
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
  });
});
