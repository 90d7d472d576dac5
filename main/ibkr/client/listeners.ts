import type { ContractDetails, EventName, IBApi } from '@stoqey/ib';
import type { Answer, ClientEvents, RawDetails } from './client-port.ts';

/** Codes the library makes up itself when it cannot read a message. */
const unreadableCodes = new Set([505, 10_000_000]);

type Names = typeof EventName;

/** Turns the library's events into ours. Every listener is silent once `alive` says no. */
export function listen(api: IBApi, names: Names, events: ClientEvents, alive: () => boolean): void {
  const on = (name: EventName, call: (...values: never[]) => void): void => {
    api.on(
      name as never,
      ((...values: never[]) => {
        if (alive()) call(...values);
      }) as never,
    );
  };
  const answer = (id: number, content: Answer): void => events.answer(id, content);

  on(names.server, (version: number) => events.hello(version));
  on(names.managedAccounts, (list: string) =>
    events.accounts(list.split(',').filter((account) => account !== '')),
  );
  on(names.nextValidId, () => events.ready());
  on(names.currentTime, (seconds: number) => events.time(seconds));

  // The library sends everything without a request id as information, be it 326 or 1100.
  on(names.info, (text: string, code: number) => events.message(code, text));
  on(names.error, (error: Error, code: number, id: number) => {
    if (id >= 0) answer(id, { type: 'error', code, text: error.message });
    else if (unreadableCodes.has(code)) events.unreadable(error.message);
    // 502 stands for socket errors, which are watched at the socket itself.
    else if (code !== 502) events.message(code, error.message);
  });

  on(names.tickPrice, (id: number, field: number, price: number) => events.price(id, field, price));
  on(names.tickSize, (id: number, field: number, size: number | undefined) =>
    events.size(id, field, size),
  );
  on(names.tickString, (id: number, field: number, value: string) => events.text(id, field, value));
  on(names.marketDataType, (id: number, kind: number) => answer(id, { type: 'data-kind', kind }));
  on(names.tickSnapshotEnd, (id: number) => answer(id, { type: 'snapshot-end' }));

  history(on, names, answer);

  on(names.contractDetails, (id: number, details: ContractDetails) =>
    answer(id, { type: 'details', details: plain(details) }),
  );
  on(names.contractDetailsEnd, (id: number) => answer(id, { type: 'details-end' }));
  on(
    names.accountSummary,
    (id: number, account: string, tag: string, value: string, currency: string) =>
      answer(id, { type: 'account-value', account, tag, value, currency }),
  );
  on(names.accountSummaryEnd, (id: number) => answer(id, { type: 'account-end' }));
}

type On = (name: EventName, call: (...values: never[]) => void) => void;

/** Bars that came by way of the library are gathered until its end marker, as ours come at once. */
function history(on: On, names: Names, answer: (id: number, content: Answer) => void): void {
  const gathered = new Map<number, (Answer & { type: 'bar' })['bar'][]>();
  on(
    names.historicalData,
    (
      id: number,
      time: string,
      open: number,
      high: number,
      low: number,
      close: number,
      volume: number,
    ) => {
      const bars = gathered.get(id) ?? [];
      if (time.startsWith('finished')) {
        gathered.delete(id);
        answer(id, { type: 'bars', bars });
        return;
      }
      bars.push({ time, open, high, low, close, volume: volume ?? 0 });
      gathered.set(id, bars);
    },
  );
  on(
    names.historicalDataUpdate,
    (
      id: number,
      time: string,
      open: number,
      high: number,
      low: number,
      close: number,
      volume: number,
    ) => answer(id, { type: 'bar', bar: { time, open, high, low, close, volume: volume ?? 0 } }),
  );
  on(names.headTimestamp, (id: number, time: string) => answer(id, { type: 'head', time }));
  on(
    names.historicalSchedule,
    (
      id: number,
      _start: string,
      _end: string,
      timeZone: string,
      sessions: readonly { startDateTime: string; endDateTime: string; refDate: string }[],
    ) =>
      answer(id, {
        type: 'schedule',
        timeZone,
        sessions: sessions.map((session) => ({
          start: session.startDateTime,
          end: session.endDateTime,
          date: session.refDate,
        })),
      }),
  );
}

function plain(details: ContractDetails): RawDetails {
  const { contract } = details;
  return {
    conId: contract.conId ?? 0,
    symbol: contract.symbol ?? '',
    secType: contract.secType ?? '',
    exchange: contract.exchange ?? '',
    primaryExchange: contract.primaryExch ?? '',
    currency: contract.currency ?? '',
    localSymbol: contract.localSymbol ?? '',
    tradingClass: contract.tradingClass ?? '',
    lastTradeDate: contract.lastTradeDateOrContractMonth ?? '',
    multiplier: contract.multiplier === undefined ? '' : String(contract.multiplier),
    longName: details.longName ?? '',
    minTick: details.minTick ?? 0,
    timeZoneId: details.timeZoneId ?? '',
    tradingHours: details.tradingHours ?? '',
    liquidHours: details.liquidHours ?? '',
  };
}
