import { describe, expect, it } from 'vitest';
import { sampleState } from '../../testing/sample-state.ts';
import { ibStatus } from './ib-status.ts';

const off = sampleState().connection;
const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

describe('ib-status', () => {
  it('has every key, with nulls for what has not happened', () => {
    expect(ibStatus(off, at)).toEqual({
      status: 'ok',
      ib_connection: {
        manager_thinks_connected: false,
        actually_connected: false,
        connection_mismatch: false,
        client_id: 0,
        host: '127.0.0.1',
        port: 7497,
        last_connect_time: null,
        last_disconnect_time: null,
        connection_attempts: 0,
        failed_attempts: 0,
        current_attempt: 0,
        next_retry_time: null,
        ib_details: null,
      },
      metrics: {
        connected: false,
        client_id: 0,
        host: '127.0.0.1',
        port: 7497,
        total_attempts: 0,
        failed_attempts: 0,
        current_attempt: 0,
        last_connect_time: null,
        last_disconnect_time: null,
        next_retry_time: null,
        uptime_seconds: 0,
      },
    });
  });

  it('counts the time since the session came up, and writes times in both forms', () => {
    const status = ibStatus(
      {
        ...off,
        phase: 'connected',
        transportOpen: true,
        verified: true,
        connectedAt: at,
        lastConnectAt: at,
      },
      at + 2_500,
    );
    expect(status.metrics).toMatchObject({
      connected: true,
      uptime_seconds: 2.5,
      last_connect_time: '2026-01-02T03:04:05.678Z',
    });
    expect(status.ib_connection).toMatchObject({
      last_connect_time: '2026-01-02T03:04:05.678+00:00',
      ib_details: { connection_verified: true, transport_open: true },
      connection_mismatch: false,
    });
  });

  it('shows a link lost behind a socket that stands as a mismatch', () => {
    const lost = { ...off, phase: 'disconnected' as const, transportOpen: true };
    expect(ibStatus(lost, at).ib_connection).toMatchObject({
      manager_thinks_connected: false,
      actually_connected: true,
      connection_mismatch: true,
    });
  });
});
