/** In the order they start; they stop in reverse. */
export const serviceNames = ['snapshot', 'ndjson', 'http', 'forward', 'ibkr', 'history'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface ServiceTitle {
  readonly title: string;
  readonly does: string;
  /** What is missing while it is stopped, and what goes on. */
  readonly without: string;
}

/** What a person calls each service, and what it does for them. */
export const serviceTitles: Readonly<Record<ServiceName, ServiceTitle>> = {
  snapshot: {
    title: 'Snapshot',
    does: 'bars in shared memory for programs on this machine',
    without:
      'Programs find no shared memory until it is started again. Quotes and the epoch go on over NDJSON and HTTP.',
  },
  ndjson: {
    title: 'NDJSON server',
    does: 'quotes and the reservation over TCP',
    without:
      'Programs are cut off, get no quotes and cannot borrow the session until it is started again.',
  },
  http: {
    title: 'HTTP server',
    does: 'status, metrics and this window',
    without: 'Browsers get neither status nor this window until it is started again.',
  },
  forward: {
    title: 'Port forward',
    does: 'the gateway for other programs',
    without: 'Programs do not reach the gateway through it until it is started again.',
  },
  ibkr: {
    title: 'IBKR session',
    does: 'the connection to TWS or IB Gateway',
    without:
      'There is no session, so no new quotes and bars, until it is started again or connected.',
  },
  history: {
    title: 'History',
    does: 'downloads bars and fills gaps',
    without: 'No bars are downloaded and no gaps filled until it is started again. Quotes go on.',
  },
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
