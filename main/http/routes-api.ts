import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Timeframe, timeframes } from '../../shared/bar.ts';
import { refused } from '../../shared/result.ts';
import { momentOf } from '../kit/moment.ts';
import type { AppOptions } from './app-options.ts';
import { fault } from './fault.ts';
import type { HttpPorts } from './ports.ts';

const bound = (most: number) => z.coerce.number().int().min(0).max(most);

/** In a query everything is text, also a number of milliseconds. */
const moment = z
  .string()
  .transform((text) => momentOf(/^-?\d+$/.test(text) ? Number(text) : text))
  .refine((ms) => ms !== undefined, 'must be epoch milliseconds or an ISO 8601 time')
  .describe('Epoch milliseconds or an ISO 8601 time, included.');

const barsPage = z.object({
  bars: z.array(
    z.object({
      t: z.number().describe('Epoch milliseconds of its start.'),
      open: z.number(),
      high: z.number(),
      low: z.number(),
      close: z.number(),
      volume: z.number(),
    }),
  ),
  next: z.number().nullable().describe('The `from` of the next page; null at the end.'),
  provisionalFrom: z
    .number()
    .nullable()
    .describe('Bars from here on are made of ticks and not yet in a file; null if none are.'),
});

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
      const quotesOf = (names: readonly string[]) =>
        names.flatMap((name) => ports.quotes.get(name) ?? []);
      if (tickers === undefined) return { quotes: quotesOf(ports.quotes.list()) };
      const wanted = tickers.split(',').map((each) => each.trim());
      const missing = wanted.filter((ticker) => ports.quotes.get(ticker) === undefined);
      return { quotes: quotesOf(wanted), missing };
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
    '/diagnostics',
    {
      schema: {
        summary: 'Version, machine, configuration with origins, state and log, nothing secret.',
        tags: ['system'],
      },
    },
    async () => ports.diagnostics(),
  );

  app.get(
    '/bars',
    {
      schema: {
        summary: 'Bars of one ticker from the local files, oldest first, page by page.',
        tags: ['data'],
        querystring: z.object({
          ticker: z.string().min(1),
          timeframe: z.enum(timeframes).default('1d'),
          from: moment.optional(),
          to: moment.optional(),
          limit: z.coerce.number().int().min(1).max(50_000).default(1_000),
        }),
        response: { 200: barsPage, 404: fault },
      },
    },
    async (request, reply) => {
      const { ticker, timeframe, from, to, limit } = request.query as BarsQuery;
      const query = { ticker, timeframe, from: from ?? null, to: to ?? null, limit };
      const page = await ports.history?.bars(query);
      return (
        page ??
        reply.code(404).send(refused('NOT_FOUND', `No ${timeframe} bars of ${ticker} are kept.`))
      );
    },
  );
}

interface BarsQuery {
  readonly ticker: string;
  readonly timeframe: Timeframe;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
}
