import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCode } from '../config/exit.ts';
import type { Config } from '../config/load.ts';
import { describeOrigin } from '../config/origin.ts';
import { keys } from '../config/settings.ts';
import { type Check, type Finding, printReport, runChecks } from '../diagnostics/check.ts';
import { clockCheck } from '../diagnostics/clock-check.ts';
import { gatehouseOnHttp, gatehouseOnNdjson } from '../diagnostics/own-port.ts';
import { portCheck } from '../diagnostics/port-check.ts';
import { checkIbkr } from '../ibkr/doctor.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLog } from '../kit/log.ts';
import { createSnapshot, nameRefused } from '../snapshot/index.ts';
import { inspectSegments } from '../snapshot/inspect.ts';
import { desktopMissing } from './electron-runtime.ts';
import { configFor } from './headless.ts';
import { help } from './help.ts';
import { holderOf } from './holder-of.ts';

/** Before this no copy of this program existed. */
const madeAfterMs = Date.UTC(2026, 0, 1);

/** Checks what a user would, says what to do, and exits 1 when something needs attention. */
export async function doctor(args: readonly string[]): Promise<number> {
  const config = configFor(args);
  if (config === null) {
    process.stdout.write(help());
    return exitCode.ok;
  }
  const reports = await runChecks(checks(config));
  process.stdout.write(`${printReport(reports)}${valuesSet(config)}`);
  return reports.some(({ finding }) => finding.verdict === 'bad') ? exitCode.failed : exitCode.ok;
}

function checks(config: Config): readonly Check[] {
  const { values } = config;
  return [
    ibkrCheck(config),
    memoryCheck(config),
    dataDirCheck(config),
    portCheck('NDJSON port', values['ndjson.host'], values['ndjson.port'], {
      option: 'ndjson-port',
      holder: holderOf,
      gatehouseOn: gatehouseOnNdjson,
    }),
    portCheck('HTTP port', values['http.host'], values['http.port'], {
      option: 'http-port',
      holder: holderOf,
      gatehouseOn: gatehouseOnHttp(values['http.tls_cert'] !== null),
    }),
    clockCheck(Date.now, madeAfterMs),
    desktopCheck(),
  ];
}

/** Makes a real handshake; in a mode without a gateway there is nothing to ask. */
function ibkrCheck({ values }: Config): Check {
  return {
    name: 'TWS / IB Gateway',
    async run() {
      if (values.demo || values.lightweight) {
        return { verdict: 'note', sentence: 'not asked: this mode needs none' };
      }
      const findings = await checkIbkr({
        host: values['ib.host'],
        port: values['ib.port'],
        clientId: values['ib.client_id'],
        clientIdPolicy: values['ib.client_id_policy'],
        live: values['ib.live'],
        gateway: values['ib.gateway'],
      });
      const level = (wanted: string) => findings.some((each) => each.level === wanted);
      return {
        verdict: level('problem') ? 'bad' : level('warning') ? 'note' : 'good',
        sentence: findings.map(({ text }) => text).join(' '),
        steps: findings.flatMap(({ todo }) => todo),
      };
    },
  };
}

/** Makes a segment of another name, looks at it as a stranger would, and takes it away. */
function memoryCheck({ values }: Config): Check {
  return {
    name: 'Shared memory',
    async run() {
      if (!values['shm.enabled'])
        return { verdict: 'note', sentence: 'switched off (shm.enabled)' };
      const name = `gh-doctor-${process.pid}`;
      const snapshot = createSnapshot({
        clock: systemClock,
        log: silentLog,
        pid: process.pid,
        shm: { name, mirrorBars: values['shm.mirror_bars'] },
      });
      await snapshot.start();
      try {
        const status = snapshot.status();
        if (status.phase === 'degraded') {
          return { verdict: 'bad', sentence: status.message, steps: [status.advice] };
        }
        const { ok, problems } = inspectSegments({ name });
        if (!ok) {
          return { verdict: 'bad', sentence: problems.map(({ message }) => message).join('; ') };
        }
        return nameFinding(values['shm.name']);
      } finally {
        await snapshot.stop();
      }
    },
  };
}

/** A Gatehouse that runs holds the name, and may well be the one that is meant. */
function nameFinding(name: string): Finding {
  const refused = nameRefused(name);
  if (!refused) return { verdict: 'good', sentence: 'segments can be made, written and verified' };
  const { code, message, advice } = refused;
  return {
    verdict: code === 'SHM_IN_USE' ? 'note' : 'bad',
    sentence: code === 'SHM_IN_USE' ? `${message}; another cannot beside it` : message,
    steps: [advice],
  };
}

function dataDirCheck(config: Config): Check {
  return {
    name: 'Data folder',
    async run() {
      const folder = nearestExisting(config.dataDir);
      try {
        accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      } catch (error) {
        return {
          verdict: 'bad',
          sentence: `${config.dataDir} (from ${describeOrigin(config.origins.data_dir)}) cannot be written (${(error as Error).message})`,
          steps: ['Give a folder that this user may write to with --data-dir.'],
        };
      }
      return {
        verdict: 'good',
        sentence:
          folder === config.dataDir
            ? config.dataDir
            : `${config.dataDir} will be made at the first start`,
      };
    },
  };
}

function nearestExisting(folder: string): string {
  let at = folder;
  while (!existsSync(at) && path.dirname(at) !== at) at = path.dirname(at);
  return at;
}

function desktopCheck(): Check {
  return {
    name: 'Desktop',
    async run() {
      const here = path.dirname(fileURLToPath(import.meta.url)).replace(/[\\/]parts$/, '');
      const missing = desktopMissing(path.resolve(here, '..', '..'), process.platform, process.env);
      return missing === null
        ? { verdict: 'good', sentence: 'Electron and a display are here' }
        : { verdict: 'note', sentence: missing };
    },
  };
}

/** Every value that is not a default, and where it came from. */
function valuesSet(config: Config): string {
  const lines = keys
    .filter((key) => config.origins[key].kind !== 'default')
    .map(
      (key) =>
        `  ${key} = ${JSON.stringify(config.values[key])}  (${describeOrigin(config.origins[key])})`,
    );
  return lines.length === 0 ? '' : `\nValues that are not defaults:\n${lines.join('\n')}\n`;
}
