import net from 'node:net';
import type { Check } from './check.ts';

export interface PortUse {
  /** The option that gives another port. */
  readonly option: string;
  /** Who listens there, where the system tells. */
  readonly holder: (port: number) => string | null;
  /** The Gatehouse that answers there, or null where it is another program. */
  readonly gatehouseOn: (host: string, port: number) => Promise<string | null>;
}

/** Whether a port can be listened on now, or is by a Gatehouse already. */
export function portCheck(
  name: string,
  host: string,
  port: number,
  { option, holder, gatehouseOn }: PortUse,
): Check {
  return {
    name,
    async run() {
      if (port === 0) return { verdict: 'good', sentence: 'a free port is taken at each start' };
      const code = await tryListen(host, port);
      if (code === null) return { verdict: 'good', sentence: `${host}:${port} is free` };
      if (code !== 'EADDRINUSE') {
        return {
          verdict: 'bad',
          sentence: `${host}:${port} cannot be listened on (${code})`,
          steps: ['Give an address of this machine and a port from 1024 up.'],
        };
      }
      const who = holder(port);
      const by = who ? `, ${who}` : '';
      const ours = await gatehouseOn(host, port).catch(() => null);
      if (ours !== null) {
        return { verdict: 'note', sentence: `${host}:${port} is where ${ours} is running${by}` };
      }
      return {
        verdict: 'bad',
        sentence: `${host}:${port} is taken by another program${by}`,
        steps: [`Stop that program, or give another port with --${option}.`],
      };
    },
  };
}

function tryListen(host: string, port: number): Promise<string | null> {
  return new Promise((done) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'unknown'));
    server.listen(port, host, () => server.close(() => done(null)));
  });
}
