import os from 'node:os';
import type { LogLine } from '../../shared/log-line.ts';
import type { Snapshot } from '../../shared/state.ts';
import type { Config } from '../config/load.ts';
import { describeOrigin } from '../config/origin.ts';
import { definition, keys } from '../config/settings.ts';
import { secretNames } from '../log/create-log.ts';

export interface DiagnosticFacts {
  readonly version: string;
  readonly config: Config;
  readonly snapshot: Snapshot;
  readonly counters: object;
  readonly log: readonly LogLine[];
  /** What must not leave this machine, and what stands in its place. */
  readonly home: string;
}

/** Everything somebody else needs to see what is wrong, without who the user is. */
export function diagnostics(facts: DiagnosticFacts) {
  const { version, config, snapshot, counters, log, home } = facts;
  const hidden = new Map([
    ...snapshot.state.connection.accounts.map((account) => [account, '[account]'] as const),
    ...(home.length > 1 ? [[home, '~'] as const] : []),
  ]);
  const bundle = {
    at: snapshot.at,
    program: {
      version,
      node: process.versions.node,
      electron: process.versions['electron'] ?? null,
      uptimeSeconds: Math.round(process.uptime()),
      residentBytes: process.memoryUsage.rss(),
    },
    machine: {
      platform: process.platform,
      arch: process.arch,
      release: os.release(),
      processors: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
    config: keys.map((key) => ({
      key,
      value: definition(key).secret ? '[redacted]' : config.values[key],
      origin: describeOrigin(config.origins[key]),
    })),
    state: snapshot.state,
    counters,
    log,
  };
  return redacted(bundle, hidden) as typeof bundle;
}

function redacted(value: unknown, hidden: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return [...hidden].reduce((text, [word, instead]) => text.replaceAll(word, instead), value);
  }
  if (Array.isArray(value)) return value.map((each) => redacted(each, hidden));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      secretNames.includes(name) ? '[redacted]' : redacted(each, hidden),
    ]),
  );
}
