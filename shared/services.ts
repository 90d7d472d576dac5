/** In the order they start; they stop in reverse. */
export const serviceNames = ['snapshot', 'ndjson', 'http', 'forward', 'ibkr', 'history'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** What a person calls each service, and what it does for them. */
export const serviceTitles: Readonly<
  Record<ServiceName, { readonly title: string; readonly does: string }>
> = {
  snapshot: { title: 'Snapshot', does: 'quotes, epoch and shared memory' },
  ndjson: { title: 'NDJSON server', does: 'quotes and the reservation over TCP' },
  http: { title: 'HTTP server', does: 'status, metrics and this window' },
  forward: { title: 'Port forward', does: 'the gateway for other programs' },
  ibkr: { title: 'IBKR session', does: 'the connection to TWS or IB Gateway' },
  history: { title: 'History', does: 'downloads bars and fills gaps' },
};

export const phases = [
  'stopped',
  'starting',
  'running',
  'degraded',
  'backing-off',
  'failed',
  'stopping',
] as const;
export type Phase = (typeof phases)[number];

/** What the window, the tray and the API show of one service. */
export interface ServiceView {
  readonly name: ServiceName;
  readonly phase: Phase;
  /** Epoch milliseconds at which the phase began. */
  readonly since: number;
  /** Why it is in this phase, in a sentence; null when there is nothing to say. */
  readonly reason: string | null;
  /** How many starts in a row have failed. */
  readonly attempt: number;
  readonly nextAttemptAt: number | null;
}
