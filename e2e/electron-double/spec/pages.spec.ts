import { expect, test } from './fixture-app.ts';

test('the app’s own policy is enforced by the browser', async ({ page }) => {
  await expect.poll(() => page.evaluate('evalResult')).toBe('EvalError');
  const found = await page.evaluate(async () => ({
    inline: document.getElementById('inline')?.textContent,
    colour: getComputedStyle(document.querySelector('h1') as Element).color,
    outside: await fetch('https://elsewhere.example/').catch((error) => error.name),
    secure: isSecureContext,
  }));
  expect(found).toEqual({
    inline: 'inline did not run',
    colour: 'rgb(1, 2, 3)',
    outside: 'TypeError',
    secure: true,
  });
});

test('the app sees its own spelling of addresses, methods and bodies', async ({ page }) => {
  expect(await page.evaluate('fixture.invoke("where")')).toEqual({
    url: 'app://ui/index.html',
    origin: 'app://ui',
    top: true,
  });
  const body = await page.evaluate(async () =>
    (await fetch('/post', { method: 'POST', body: 'hello' })).text(),
  );
  expect(body).toBe('POST hello');
  expect(await page.evaluate(async () => (await fetch('/missing')).status)).toBe(404);
});

test('a worker is served from the scheme', async ({ page }) => {
  const said = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new Worker('/worker.js').onmessage = (event) => resolve(event.data);
      }),
  );
  expect(said).toBe('from a worker');
});

test('every request is put to the app’s web-request listener', async ({ app, page }) => {
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.src = 'app-other://x/';
    document.body.append(image);
  });
  // An image from the scheme’s other host: the policy lets it pass, the listener does not.
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const image = new Image();
        image.onerror = resolve;
        image.src = 'https://other.app.localhost/picture.png';
      }),
  );
  expect(await app.evaluate(() => globalThis.fixture.refused)).toEqual(['app://other/picture.png']);
});

test('a navigation away is put to the app and stays undone', async ({ app, page }) => {
  await page.click('#away');
  await expect
    .poll(() => app.evaluate(() => globalThis.fixture.seen))
    .toEqual([{ navigate: 'https://elsewhere.example/away' }]);
  expect(new URL(page.url()).pathname).toBe('/index.html');
  expect(await page.textContent('h1')).toBe('fixture');
});

test('windows a page asks for are put to the handler, which denies', async ({ app, page }) => {
  expect(await page.evaluate(() => window.open('https://elsewhere.example/script'))).toBeNull();
  await page.click('#link');
  await expect
    .poll(() => app.evaluate(() => globalThis.fixture.opened))
    .toEqual(['https://elsewhere.example/script', 'https://elsewhere.example/']);
  expect(app.windows()).toHaveLength(1);
});

test('permissions follow the app’s handler', async ({ app, page }) => {
  const found = await page.evaluate(async () => ({
    write: (await navigator.permissions.query({ name: 'clipboard-write' as never })).state,
    read: (await navigator.permissions.query({ name: 'clipboard-read' as never })).state,
    position: (await navigator.permissions.query({ name: 'geolocation' })).state,
  }));
  expect(found).toEqual({ write: 'granted', read: 'denied', position: 'denied' });
  expect(await app.evaluate(() => globalThis.fixture.permissions)).toContain('geolocation');
});

test('a frame inside the page has no bridge of its own', async ({ page }) => {
  const found = await page.evaluate(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    return typeof (frame.contentWindow as unknown as Record<string, unknown>)['fixture'];
  });
  expect(found).toBe('undefined');
});
