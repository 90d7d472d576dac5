import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const placeholder = '__STYLE_NONCE__';

export interface WindowPage {
  readonly html: string;
  readonly policy: string;
}

/** The window's page with a fresh nonce for the styles that its components add. */
export function windowPage(folder: string): () => WindowPage {
  const template = readFileSync(path.join(folder, 'index.html'), 'utf8');
  return () => {
    const nonce = randomBytes(16).toString('base64');
    return { html: template.replaceAll(placeholder, nonce), policy: contentPolicy(nonce) };
  };
}

export function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
