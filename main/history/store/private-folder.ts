import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Beside the bar files, in the same file system, so that links and renames work. */
export const privateFolder = '.gatehouse';

/** A new file that is being written. */
export function newName(path: string): string {
  return beside(path, `${unique()}.new`);
}

/** An old file, so many bytes of which are in the new one, until nobody writes to it any more. */
export function oldName(path: string, taken: number): string {
  return beside(path, `${taken}.${unique()}.old`);
}

/** An old file that a person may want back. */
export function keptName(path: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(':', '').slice(0, 17);
  return beside(path, `${time}.${unique()}.kept`);
}

export type Leftover =
  | { readonly kind: 'new' }
  | { readonly kind: 'old'; readonly file: string; readonly taken: number };

/** What a name in the private folder stands for that only a crash leaves there. */
export function leftover(name: string): Leftover | undefined {
  if (name.endsWith('.new')) return { kind: 'new' };
  const match = /^(.+)\.(\d+)\.[0-9a-f]+\.old$/.exec(name);
  return match ? { kind: 'old', file: match[1] as string, taken: Number(match[2]) } : undefined;
}

function beside(path: string, rest: string): string {
  return join(dirname(path), privateFolder, `${basename(path)}.${rest}`);
}

/** Not counted: what a killed process left must not be in the way of the next, which may have the same id. */
function unique(): string {
  return randomBytes(4).toString('hex');
}
