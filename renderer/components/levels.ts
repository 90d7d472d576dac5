import type { ConnectionPhase } from '../../shared/connection.ts';
import type { HealthLevel } from '../../shared/health.ts';
import type { Phase } from '../../shared/services.ts';

export const phaseLevel: Readonly<Record<Phase, HealthLevel>> = {
  stopped: 'paused',
  starting: 'working',
  running: 'ok',
  degraded: 'warning',
  'backing-off': 'error',
  failed: 'error',
  stopping: 'working',
};

export const connectionLevel: Readonly<Record<ConnectionPhase, HealthLevel>> = {
  disconnected: 'paused',
  connecting: 'working',
  connected: 'ok',
  reconnecting: 'warning',
  failed: 'error',
};
