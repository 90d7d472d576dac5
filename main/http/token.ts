import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../kit/make-folder.ts';

/** Reads the access token, or makes one that only its owner can read. */
export function readOrMakeToken(file: string): string {
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token.length < 16) {
      throw new Error(`${file} holds a token of under 16 characters: put a longer one there`);
    }
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(24).toString('base64url');
  makeFolder(path.dirname(file));
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return token;
}
