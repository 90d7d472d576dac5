import type { FastifyInstance } from 'fastify';
import { timeframes } from '../../shared/bar.ts';
import type { AppOptions } from './app-options.ts';
import { ibStatus } from './ib-status.ts';
import type { HttpPorts } from './ports.ts';

/** `system/…`: the bodies that programs of the field already read, key for key. */
export function systemRoutes(app: FastifyInstance, options: AppOptions, ports: HttpPorts): void {
  const tags = ['system'];

  app.get(
    '/system/ib-status',
    { schema: { summary: 'The session with TWS or IB Gateway.', tags } },
    async () => ibStatus(ports.snapshot().state.connection, options.clock.now()),
  );

  app.get(
    '/system/gap-filler-status',
    { schema: { summary: 'The gap filler and what it has done.', tags } },
    async () => ({ status: 'ok', ...gapFiller(ports) }),
  );

  app.get(
    '/system/system-status',
    { schema: { summary: 'The session and the gap filler in one word.', tags } },
    async () => systemStatus(ports),
  );

  app.post(
    '/system/gap-filler/force-scan',
    { schema: { summary: 'Scans now; answers after its cycle, or after a minute.', tags } },
    async (_request, reply) => {
      const result = await ports.history?.forceScan();
      if (!result?.ok) {
        return reply.code(400).send({ detail: result?.message ?? 'IB not connected' });
      }
      const rest = result.waiting > 0 ? `, ${result.waiting} requests go on` : '';
      return {
        status: 'ok',
        message: `Gap scan done${rest}`,
        result: { success: true, stats: result.stats },
      };
    },
  );

  app.route({
    method: ['GET', 'PUT', 'DELETE', 'PATCH'],
    url: '/system/gap-filler/force-scan',
    schema: { hide: true },
    handler: (_request, reply) =>
      reply.code(405).header('allow', 'POST').send({ detail: 'Method Not Allowed' }),
  });
}

function gapFiller(ports: HttpPorts) {
  return (
    ports.history?.status() ?? {
      gap_filler: {
        running: false,
        check_interval: 300,
        supported_timeframes: timeframes,
        last_scan_time: null,
      },
      statistics: {
        gaps_detected: 0,
        gaps_filled: 0,
        gaps_failed: 0,
        symbols_processed: [] as readonly string[],
        recent_errors: [],
      },
    }
  );
}

function systemStatus(ports: HttpPorts) {
  const { gap_filler, statistics } = gapFiller(ports);
  const connected = ports.connected();
  const { running } = gap_filler;
  return {
    status: 'ok',
    health: connected && running ? 'healthy' : connected || running ? 'degraded' : 'critical',
    services: {
      ib_connection: { status: connected ? 'connected' : 'disconnected', healthy: connected },
      gap_filler: { status: running ? 'running' : 'stopped', healthy: running },
    },
    summary: {
      ib_connected: connected,
      gap_filler_running: running,
      gaps_filled_today: statistics.gaps_filled,
      symbols_processed: statistics.symbols_processed.length,
    },
  };
}
