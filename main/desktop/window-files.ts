import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { windowPage } from '../http/window-page.ts';
import { host, isOwn } from './origin.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
} as const;

/** Answers the window's requests from the folder it was built into, and from nowhere else. */
export function windowFiles(folder: string): (request: Request) => Promise<Response> {
  const page = windowPage(folder);
  return async ({ url, method }) => {
    if (!isOwn(url)) return refusal(403, `Only app://${host} is served.`);
    if (method !== 'GET') return refusal(405, 'Only GET is answered.');
    const file = fileWithin(folder, url);
    if (file === null) return refusal(403, 'That path leads out of the window.');
    if (file === path.join(folder, 'index.html')) {
      const { html, policy } = page();
      return answer(html, '.html', { 'content-security-policy': policy });
    }
    const type = path.extname(file);
    if (!Object.hasOwn(types, type)) return refusal(404, 'There is no such file.');
    try {
      // Every page has the policy, so that no file can become a page without one.
      return answer(await readFile(file), type, { 'content-security-policy': page().policy });
    } catch {
      return refusal(404, 'There is no such file.');
    }
  };
}

/** The file an address names, or null when it lies outside the folder. */
export function fileWithin(folder: string, url: string): string | null {
  let name: string;
  try {
    name = decodeURIComponent(new URL(url).pathname);
  } catch {
    return null;
  }
  if (name.includes('\0') || name.includes('\\')) return null;
  const file = path.join(folder, name === '/' ? 'index.html' : name);
  const inside = path.relative(folder, file);
  const out = inside === '' || inside === '..' || inside.startsWith(`..${path.sep}`);
  return out || path.isAbsolute(inside) ? null : file;
}

function answer(
  body: string | Uint8Array,
  type: string,
  headers: Record<string, string>,
): Response {
  return new Response(body as BodyInit, {
    headers: { ...always, 'content-type': types[type] as string, ...headers },
  });
}

function refusal(status: number, sentence: string): Response {
  return new Response(sentence, {
    status,
    headers: {
      ...always,
      'content-type': 'text/plain',
      'content-security-policy': "default-src 'none'",
    },
  });
}
