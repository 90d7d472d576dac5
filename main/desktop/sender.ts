import { isOwn } from './origin.ts';

/** What is known of whoever sent a message; Electron's events fit. */
export interface Asking {
  readonly sender: unknown;
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

/** Only the top frame of the window, while it shows one of the window's own pages. */
export function isTrusted(event: Asking, window: unknown): boolean {
  const { sender, senderFrame } = event;
  if (window === null || sender !== window) return false;
  return senderFrame !== null && senderFrame.parent === null && isOwn(senderFrame.url);
}
