import type { AccountValue } from '../../shared/account.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { ServiceName } from '../../shared/services.ts';
import type { HistoryService } from '../history/service.ts';
import type { IbkrService } from '../ibkr/ports.ts';
import type { LogRing } from '../log/ring.ts';
import type { Reservation } from '../reservation/reservation.ts';
import type { Handlers } from './dispatcher.ts';
import type { NdjsonService } from './services/ndjson-service.ts';
import { sessionCommands } from './session-commands.ts';
import type { SettingsDesk } from './settings-desk.ts';
import type { Supervisor } from './supervisor.ts';
import type { Watchlist } from './watchlist.ts';

export interface HandlerParts {
  readonly supervisor: () => Supervisor;
  readonly reservation: Reservation;
  /** Null where there is no gateway. */
  readonly ibkr: IbkrService | null;
  /** Null where there is no gateway. */
  readonly history: HistoryService | null;
  accountSummary(): Promise<Result<readonly AccountValue[]>>;
  readonly watchlist: Watchlist;
  readonly settings: SettingsDesk;
  readonly ndjson: () => NdjsonService;
  readonly ring: LogRing;
}

const done = ok({ done: true as const });

/** What each command does. One that is missing here does not compile. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { reservation } = parts;
  const runner = (name: ServiceName) => parts.supervisor().runner(name);
  const notHere = (name: ServiceName) =>
    refused('NOT_FOUND', `The service "${name}" is not part of this run.`);
  const onHistory = <T>(act: (history: HistoryService) => T | Result<never>) =>
    parts.history
      ? act(parts.history)
      : refused('NO_GATEWAY', 'In lightweight mode no history is kept.');
  return {
    ...sessionCommands({
      session: parts.ibkr,
      reservation: () => reservation.view(),
      service: () => runner('ibkr'),
    }),
    'account.summary': async () => {
      const result = await parts.accountSummary();
      return result.ok ? ok({ values: [...result.value] }) : result;
    },
    'reservation.recall': () => {
      if (reservation.view().state === 'free') return notReserved();
      reservation.recall();
      return done;
    },
    'reservation.force-release': () => {
      if (reservation.view().state === 'free') return notReserved();
      reservation.forceRelease();
      return done;
    },
    'history.force-scan': () =>
      onHistory(async (history) => {
        const result = await history.forceScan();
        if (!result.ok) return refused(result.reason.toUpperCase(), `${result.message}.`);
        const { gaps_detected, gaps_filled, gaps_failed } = result.stats;
        return ok({
          gapsDetected: gaps_detected,
          gapsFilled: gaps_filled,
          gapsFailed: gaps_failed,
          waiting: result.waiting,
        });
      }),
    'history.fetch': ({ symbol, timeframe, from, to }) =>
      onHistory(async (history) => {
        const result = await history.fetch(symbol, timeframe, from, to);
        if (!result.ok) return refused(result.reason.toUpperCase(), `${result.message}.`);
        return ok({ requests: result.requests, missing: result.missing });
      }),
    'history.pause': () =>
      onHistory((history) => {
        history.pause();
        return done;
      }),
    'history.resume': () =>
      onHistory((history) => {
        history.resume();
        return done;
      }),
    'history.cancel': () => onHistory((history) => ok({ dropped: history.cancel() })),
    'download.start': () =>
      onHistory((history) => {
        // It may take an hour: the window follows its progress in the state.
        void history.startDownload();
        return done;
      }),
    'download.cancel': () =>
      onHistory(async (history) => {
        await history.cancelDownload();
        return done;
      }),
    'watchlist.add': ({ symbol }) =>
      parts.watchlist.add(symbol)
        ? ok({ watchlist: [...parts.watchlist.symbols] })
        : refused('ALREADY_THERE', `${symbol} is on the watchlist.`),
    'watchlist.remove': ({ symbol }) =>
      parts.watchlist.remove(symbol)
        ? ok({ watchlist: [...parts.watchlist.symbols] })
        : refused('NOT_FOUND', `${symbol} is not on the watchlist.`),
    'service.start': async ({ service }) => {
      const found = runner(service);
      if (!found) return notHere(service);
      const error = await found.start();
      return error ? refused('START_FAILED', `${service} did not start: ${error.message}`) : done;
    },
    'service.stop': async ({ service }) => {
      const found = runner(service);
      if (!found) return notHere(service);
      if (service === 'http') return ownGround();
      await found.stop();
      return done;
    },
    'service.restart': async ({ service }) => {
      const found = runner(service);
      if (!found) return notHere(service);
      if (service === 'http') return ownGround();
      const error = await found.restart();
      return error ? refused('START_FAILED', `${service} did not start: ${error.message}`) : done;
    },
    'client.disconnect': ({ id }) =>
      parts.ndjson().server?.disconnect(id)
        ? done
        : refused('NOT_FOUND', `No program with number ${id} is connected.`),
    'settings.list': () => ok({ settings: [...parts.settings.list()] }),
    'settings.set': ({ key, value }) => parts.settings.set(key, value),
    'logs.read': ({ since, limit }) => ok({ lines: [...parts.ring.since(since, limit)] }),
  };
}

function notReserved() {
  return refused('NOT_RESERVED', 'Nobody holds the session.');
}

function ownGround() {
  return refused(
    'REFUSED',
    'The HTTP server carries this very request, so it cannot be stopped by it.',
    'Stop or restart the whole program instead.',
  );
}
