import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileWithin, windowFiles } from './window-files.ts';

let base = '';
let folder = '';
beforeAll(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-files-'));
  folder = path.join(base, 'renderer');
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  mkdirSync(path.join(base, 'renderer-secret'));
  writeFileSync(path.join(folder, 'index.html'), '<meta content="__STYLE_NONCE__">');
  writeFileSync(path.join(folder, 'assets', 'a.js'), 'export {};');
  writeFileSync(path.join(folder, 'assets', 'notes.txt'), 'no type');
  writeFileSync(path.join(base, 'secret.js'), 'secret');
  writeFileSync(path.join(base, 'renderer-secret', 'x.js'), 'secret');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function ask(url: string, method = 'GET'): Promise<Response> {
  return windowFiles(folder)({ url, method } as Request);
}

describe('the files of the window', () => {
  it('are served with the policy of the web window and a fresh nonce', async () => {
    const first = await ask('app://gatehouse/index.html');
    const policy = first.headers.get('content-security-policy') ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] as string;
    expect(await first.text()).toBe(`<meta content="${nonce}">`);
    expect(policy.replace(nonce, 'N')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-N'; img-src 'self' data:; " +
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const second = await ask('app://gatehouse/');
    expect(second.headers.get('content-security-policy')).not.toBe(policy);
  });

  it('carry their type and may not be guessed at', async () => {
    const { headers, status } = await ask('app://gatehouse/assets/a.js');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it.each([
    'app://gatehouse/../secret.js',
    'app://gatehouse/%2e%2e/secret.js',
    'app://gatehouse/..%2fsecret.js',
    'app://gatehouse/assets/..%2f..%2fsecret.js',
    'app://gatehouse/..%5csecret.js',
    'app://gatehouse/%2e%2e%2frenderer-secret/x.js',
    'app://gatehouse//etc/passwd',
    'app://gatehouse/%00',
    'app://gatehouse/%E0%A4%A',
    'app://gatehouse/%252e%252e%252fsecret.js',
  ])('never lead out of their folder: %s', async (url) => {
    const answer = await ask(url);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toContain('secret');
  });

  it('never lead out of their folder, whatever is asked', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2f',
      '/',
      '\\',
      '%5c',
      'assets',
      '%00',
      'a.js',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const file = fileWithin(folder, `app://gatehouse/${pieces.join('')}`);
        expect(file === null || file.startsWith(folder + path.sep)).toBe(true);
      }),
    );
  });

  it.each([
    ['app://elsewhere/index.html', 403],
    ['app://gatehouse.evil/index.html', 403],
    ['app://user@gatehouse/index.html', 403],
    ['app://gatehouse:80/index.html', 403],
    ['https://gatehouse/index.html', 403],
    ['app://gatehouse/assets/notes.txt', 404],
    ['app://gatehouse/assets', 404],
    ['app://gatehouse/none.js', 404],
  ])('are refused to %s with %i', async (url, status) => {
    expect((await ask(url)).status).toBe(status);
  });

  it('answer nothing but GET', async () => {
    expect((await ask('app://gatehouse/index.html', 'POST')).status).toBe(405);
  });
});
