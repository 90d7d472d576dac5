import net from 'node:net';
import type { Check } from './check.ts';

/** Whether a port can be listened on now. */
export function portCheck(
  name: string,
  host: string,
  port: number,
  option: string,
  holder: (port: number) => string | null,
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
      return {
        verdict: 'bad',
        sentence: `${host}:${port} is taken${who ? ` by ${who}` : ''}`,
        steps: [
          'If that is Gatehouse itself, all is well: it is running.',
          `Otherwise stop that program, or give another port with --${option}.`,
        ],
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
