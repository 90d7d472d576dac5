import { shell } from 'electron';
import type { Log } from '../kit/log.ts';

/** Every address that may be handed to the system's browser, whole: nothing is matched by prefix. */
export const externalLinks: ReadonlySet<string> = new Set([
  'https://github.com/gatehouse-app/gatehouse',
  'https://github.com/gatehouse-app/gatehouse/issues',
]);

/** Opens one of the known addresses in the browser; any other is refused. */
export function openExternal(url: string, log: Log): boolean {
  if (!externalLinks.has(url)) {
    log.warn({ url: url.slice(0, 200) }, 'an address that is not on the list was not opened');
    return false;
  }
  void shell.openExternal(url);
  return true;
}
