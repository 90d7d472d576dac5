import type net from 'node:net';
import { portHolder } from './port-holder.ts';

/** An address cannot be listened on; `code` is the system's, such as EADDRINUSE. */
export class ListenError extends Error {
  readonly code: string;
  readonly host: string;
  readonly port: number;

  constructor(code: string, host: string, port: number) {
    super(explanation(code, host, port));
    this.name = 'ListenError';
    this.code = code;
    this.host = host;
    this.port = port;
  }
}

/** Listens, or rejects with a `ListenError`. Resolves to the port, which matters where 0 was asked. */
export function listen(server: net.Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(new ListenError(error.code ?? 'UNKNOWN', host, port));
    server.once('error', failed);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', failed);
      resolve((server.address() as net.AddressInfo).port);
    });
  });
}

export function isLoopbackAddress(address: string): boolean {
  return address === 'localhost' || /^(::ffff:)?127\.|^::1$/.test(address);
}

function explanation(code: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE': {
      const holder = portHolder(port);
      const by = holder ? `${holder.name} (process ${holder.pid})` : 'another program';
      return `Port ${port} on ${host} is taken by ${by}: end it, or choose another port`;
    }
    case 'EACCES':
      return `Port ${port} may not be opened by this user: choose one above 1023`;
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine`;
    case 'ENOTFOUND':
      return `The name ${host} cannot be resolved`;
    default:
      return `Cannot listen on ${host}:${port}: ${code}`;
  }
}
