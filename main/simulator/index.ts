import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { type ControlAddress, openControl } from './control.ts';
import type { FaultName, FaultSettings } from './faults/definitions.ts';
import { parseSettings } from './faults/settings.ts';
import { Gateway } from './gateway.ts';
import { createMarket } from './market/market.ts';
import type { SimulatorOptions } from './options.ts';
import type { Market } from './ports.ts';
import { newestVersion, oldestVersion } from './protocol/versions.ts';
import type { LogEntry } from './request-log.ts';
import { scaledClock } from './scaled-clock.ts';
import {
  type PushedMessage,
  pushMessage,
  type SessionInfo,
  sessionInfos,
  stateOf,
} from './view.ts';

export type { FaultName, FaultSettings } from './faults/definitions.ts';
export type { SimulatorOptions } from './options.ts';
export type { LogEntry } from './request-log.ts';
export type { PushedMessage, SessionInfo } from './view.ts';

/** A running simulated gateway. */
export interface Simulator {
  readonly host: string;
  readonly port: number;
  readonly control: ControlAddress | null;
  readonly seed: number;
  readonly market: Market;
  /** Switches a fault on with these settings, or off with `false`. */
  fault(name: FaultName, settings?: FaultSettings | false): void;
  /** Switches all faults off. */
  reset(): void;
  sessions(): readonly SessionInfo[];
  /** Requests at or after that time of the simulator's clock. */
  log(since?: number): readonly LogEntry[];
  /** Sends a system message now. */
  push(message: PushedMessage): void;
  state(): Readonly<Record<string, unknown>>;
  /** The time the simulator lives in. */
  now(): number;
  close(): Promise<void>;
}

const defaultSeed = 1;
const defaultTicksPerSecond = 4;
const defaultFeedEveryMs = 100;
const defaultAccount = 'DU1234567';

/** Starts a simulated gateway; the promise is fulfilled when it listens. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const serverVersion = options.serverVersion ?? newestVersion;
  if (serverVersion < oldestVersion || serverVersion > newestVersion) {
    throw new RangeError(
      `Server version ${serverVersion} cannot be simulated: choose ${oldestVersion} to ${newestVersion}.`,
    );
  }
  const log = options.log ?? silentLog;
  const seed = options.seed ?? defaultSeed;
  const clock = scaledClock(
    options.clock ?? systemClock,
    options.clockRate ?? 1,
    (options.clockOffset ?? 0) * 1000,
  );
  const market =
    options.market ??
    createMarket({
      seed,
      hours: options.marketHours ?? 'real',
      frontMonthAtMs: clock.now(),
      ...(options.symbols ? { symbols: options.symbols } : {}),
      ...(options.generated === undefined ? {} : { generated: options.generated }),
    });
  const gateway = new Gateway(
    {
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      seed,
      serverVersion,
      accounts: options.accounts ?? [defaultAccount],
      ticksPerSecond: options.ticksPerSecond ?? defaultTicksPerSecond,
      feedEveryMs: options.feedEveryMs ?? defaultFeedEveryMs,
      limits: options.limits ?? true,
      clockRate: options.clockRate ?? 1,
      kind: options.kind ?? 'tws',
    },
    market,
    clock,
    log,
  );
  await gateway.start();
  const control =
    options.controlPort === undefined || options.controlPort === false
      ? null
      : await openControl(gateway, gateway.settings.host, options.controlPort).catch(
          async (error: unknown) => {
            await gateway.stop();
            throw error;
          },
        );
  let closing: Promise<void> | undefined;
  return {
    host: gateway.settings.host,
    port: gateway.port,
    control: control?.address ?? null,
    seed,
    market,
    fault(name, settings = {}) {
      if (settings === false) gateway.faults.off(name);
      else gateway.faults.on(name, parseSettings(name, { ...settings }));
    },
    reset: () => gateway.resetFaults(),
    sessions: () => sessionInfos(gateway),
    log: (since) => gateway.requests.since(since),
    push: (message) => pushMessage(gateway, message),
    state: () => stateOf(gateway),
    now: () => clock.now(),
    close() {
      closing ??= Promise.all([control?.close(), gateway.stop()]).then(() => undefined);
      return closing;
    },
  };
}
