import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AppOptions } from './app.ts';
import { ibStatus } from './ib-status.ts';
import type { HttpPorts } from './ports.ts';

const bound = (most: number) => z.coerce.number().int().min(0).max(most);

/** What can be read of the supervisor. */
export function apiRoutes(app: FastifyInstance, options: AppOptions, ports: HttpPorts): void {
  app.get(
    '/health',
    {
      schema: {
        summary: 'Whether the program answers; always open.',
        tags: ['system'],
        response: { 200: z.object({ status: z.literal('ok'), version: z.string() }) },
      },
    },
    async () => ({ status: 'ok' as const, version: options.version }),
  );

  app.get(
    '/state',
    { schema: { summary: 'Everything the window shows, at one moment.', tags: ['system'] } },
    async () => ports.snapshot(),
  );

  app.get(
    '/quotes',
    {
      schema: {
        summary: 'The newest price of each ticker, or of those named.',
        tags: ['data'],
        querystring: z.object({
          tickers: z.string().optional().describe('Symbols with commas between; all without it.'),
        }),
      },
    },
    async (request) => {
      const { tickers } = request.query as { tickers?: string };
      const wanted = tickers === undefined ? ports.quotes.list() : tickers.split(',');
      const quotes = wanted.flatMap((ticker) => ports.quotes.get(ticker.trim()) ?? []);
      return { quotes };
    },
  );

  app.get(
    '/account/summary',
    { schema: { summary: 'The figures of the account, asked of IBKR now.', tags: ['session'] } },
    async (_request, reply) => {
      const result = await ports.accountSummary();
      return result.ok ? { values: result.value } : reply.code(503).send(result);
    },
  );

  app.get(
    '/logs',
    {
      schema: {
        summary: 'The newest lines of the log, after a number.',
        tags: ['system'],
        querystring: z.object({
          since: bound(Number.MAX_SAFE_INTEGER).default(0),
          limit: bound(2_000).default(500),
        }),
      },
    },
    async (request) => {
      const { since, limit } = request.query as { since: number; limit: number };
      return { lines: ports.logs(since, limit) };
    },
  );

  app.get(
    '/system/ib-status',
    { schema: { summary: 'The session with TWS or IB Gateway.', tags: ['system'] } },
    async () => ibStatus(ports.snapshot().state.connection, options.clock.now()),
  );
}
