import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Market } from './ports.ts';

export interface SimulatorOptions {
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** 0 takes a free one, false opens none. */
  readonly controlPort?: number | false;
  readonly seed?: number;
  readonly symbols?: readonly string[];
  /** So many made-up stocks beside the known ones. */
  readonly generated?: number;
  readonly ticksPerSecond?: number;
  /** How often ticks leave, in milliseconds of real time; 100 unless said otherwise. */
  readonly feedEveryMs?: number;
  /** The newest server version offered, 100 to 193. */
  readonly serverVersion?: number;
  readonly accounts?: readonly string[];
  readonly marketHours?: 'real' | 'always';
  /** Seconds the simulator's clock is ahead of the one it is given. */
  readonly clockOffset?: number;
  /** How many times as fast it runs. */
  readonly clockRate?: number;
  readonly limits?: boolean;
  /** TWS connects its farms at once, IB Gateway on demand. */
  readonly kind?: 'tws' | 'gateway';
  readonly log?: Log;
  readonly clock?: Clock;
  /** Another market than the seeded one. */
  readonly market?: Market;
}
