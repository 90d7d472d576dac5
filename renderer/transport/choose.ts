import type { Transport } from './transport.ts';
import { WebSocketTransport } from './websocket.ts';

export function chooseTransport(): Transport {
  const { protocol, host } = window.location;
  return new WebSocketTransport(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`);
}
