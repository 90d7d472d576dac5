import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { GuardRules } from './guard.ts';

export interface AppOptions {
  readonly version: string;
  readonly guard: GuardRules;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** The built window; null serves none. */
  readonly windowDir: string | null;
  readonly clock: Clock;
  readonly log: Log;
}
