import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AppOptions } from './app.ts';
import type { HttpPorts } from './ports.ts';

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
}
