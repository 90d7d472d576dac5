import { Gauge, Registry } from 'prom-client';
import { connectionPhases } from '../../shared/connection.ts';
import { phases } from '../../shared/services.ts';
import type { State } from '../../shared/state.ts';

/** Numbers that no slice of the state carries. */
export type Counters = Readonly<Record<string, { readonly help: string; readonly value: number }>>;

/** The text that Prometheus reads. Made from the state when asked: nothing is counted twice. */
export function metricsText(state: State, counters: Counters, now: number): Promise<string> {
  const registers = [new Registry()];
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name: `gatehouse_${name}`, help, labelNames: [...labelNames], registers });

  const service = gauge('service_phase', 'One for the phase a service is in.', [
    'service',
    'phase',
  ]);
  for (const view of Object.values(state.services)) {
    for (const phase of phases) {
      service.set({ service: view.name, phase }, view.phase === phase ? 1 : 0);
    }
  }
  const connection = gauge('connection_phase', 'One for the phase of the IBKR session.', ['phase']);
  for (const phase of connectionPhases) {
    connection.set({ phase }, state.connection.phase === phase ? 1 : 0);
  }
  gauge('connection_attempts', 'Attempts to connect since the start.').set(
    state.connection.attempts,
  );
  gauge('reconnects', 'Reconnects since the start.').set(state.connection.reconnectCount);
  gauge('reserved', 'One while the session is lent.').set(
    state.reservation.state === 'free' ? 0 : 1,
  );
  gauge('reservation_queue', 'Programs that wait for the session.').set(
    state.reservation.queueLength,
  );
  gauge('snapshot_epoch', 'The snapshot epoch.').set(state.snapshot.epoch);
  gauge('snapshot_age_seconds', 'Seconds since the last batch.').set(
    state.snapshot.lastUpdateMs === 0 ? 0 : (now - state.snapshot.lastUpdateMs) / 1_000,
  );
  gauge('tickers', 'Tickers with a quote.').set(Object.keys(state.tickers).length);
  const age = gauge('ticker_age_seconds', 'Seconds since the price of a ticker.', ['ticker']);
  const rate = gauge('ticker_ticks_per_second', 'Ticks a second of a ticker.', ['ticker']);
  for (const [ticker, view] of Object.entries(state.tickers)) {
    age.set({ ticker }, (now - view.at) / 1_000);
    rate.set({ ticker }, view.rate);
  }
  gauge('clients', 'Programs connected over TCP.').set(state.clients.length);
  gauge('resident_bytes', 'Memory of this process.').set(process.memoryUsage.rss());
  gauge('cpu_seconds', 'Processor time of this process.').set(process.cpuUsage().user / 1e6);
  for (const [name, { help, value }] of Object.entries(counters)) gauge(name, help).set(value);
  return (registers[0] as Registry).metrics();
}
