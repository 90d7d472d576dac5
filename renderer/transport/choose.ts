import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import { ElectronTransport } from './electron.ts';
import type { Transport } from './transport.ts';
import { WebSocketTransport } from './websocket.ts';

declare global {
  interface Window {
    /** Put there by the desktop app's preload; a browser has none. */
    readonly gatehouse?: DesktopBridge;
  }
}

export function chooseTransport(): Transport {
  if (window.gatehouse) return new ElectronTransport(window.gatehouse);
  const { protocol, host } = window.location;
  return new WebSocketTransport(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`);
}
