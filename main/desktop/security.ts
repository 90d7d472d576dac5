import type { App, Session, WebContents } from 'electron';
import type { Log } from '../kit/log.ts';
import { openExternal } from './external-links.ts';
import { isOwn } from './origin.ts';

/** Nothing but the window's own files is fetched, and nothing but writing to the clipboard allowed. */
export function lockSession(session: Session, log: Log): void {
  session.webRequest.onBeforeRequest((details, answer) => {
    const cancel = !isOwn(details.url);
    if (cancel) log.warn({ url: details.url.slice(0, 200) }, 'a request of the window was denied');
    answer({ cancel });
  });
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(permitted(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((_contents, permission, origin) =>
    permitted(permission, `${origin}/`),
  );
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
}

function permitted(permission: string, url: string): boolean {
  return permission === 'clipboard-sanitized-write' && isOwn(url);
}

/** Whatever page comes to be, it stays where it is and opens nothing. */
export function lockPages(app: App, log: Log): void {
  app.on('web-contents-created', (_event, contents) => lockPage(contents, log));
}

export function lockPage(contents: WebContents, log: Log): void {
  const deny = (event: { url: string; preventDefault(): void }) => {
    event.preventDefault();
    log.warn({ url: event.url.slice(0, 200) }, 'a navigation of the window was denied');
  };
  contents.on('will-navigate', deny);
  contents.on('will-frame-navigate', deny);
  contents.on('will-redirect', deny);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternal(url, log);
    return { action: 'deny' };
  });
}
