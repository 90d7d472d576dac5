import net from 'node:net';
import type { Probe } from './ports.ts';

/** Reaches for the gateway's port and lets go at once: no handshake, so no session is opened. */
export function tcpProbe(target: () => { host: string; port: number }, timeoutMs = 5000): Probe {
  return () =>
    new Promise((resolve) => {
      const socket = net.connect(target());
      const done = (reachable: boolean): void => {
        socket.destroy();
        resolve(reachable);
      };
      socket.setTimeout(timeoutMs, () => done(false));
      socket.once('connect', () => done(true));
      socket.once('error', () => done(false));
    });
}
