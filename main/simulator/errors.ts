/** IBKR's error numbers and its words for them. */
export const errors = {
  tooManyMessages: (received: number) =>
    [100, `Max rate of messages per second has been exceeded:max=50 rec=${received} (1)`] as const,
  tooManyTickers: () => [101, 'Max number of tickers has been reached'] as const,
  duplicateTicker: () => [102, 'Duplicate ticker ID'] as const,
  historical: (text: string) =>
    [162, `Historical Market Data Service error message:${text}`] as const,
  unknownContract: () => [200, 'No security definition has been found for the request'] as const,
  ambiguousContract: (symbol: string) =>
    [200, `The contract description specified for ${symbol} is ambiguous.`] as const,
  noSuchTicker: (reqId: number) => [300, `Can't find EId with tickerId:${reqId}`] as const,
  unreadable: (text: string) => [320, `Error reading request:${text}`] as const,
  invalid: (cause: string) => [321, `Error validating request.-'bX' : cause - ${cause}`] as const,
  failed: (cause: string) => [322, `Error processing request.-'bX' : cause - ${cause}`] as const,
  clientIdInUse: () =>
    [
      326,
      'Unable to connect as the client id is already in use. Retry with a unique client id.',
    ] as const,
  notSubscribed: (contract: string) =>
    [
      354,
      `Requested market data is not subscribed. Delayed market data is available.${contract}`,
    ] as const,
  noHistoricalQuery: (reqId: number) =>
    [366, `No historical data query found for ticker id:${reqId}`] as const,
  invalidRealTimeQuery: (text: string) => [420, `Invalid Real-time Query:${text}`] as const,
  delayedShown: () =>
    [10167, 'Requested market data is not subscribed. Displaying delayed market data.'] as const,
  delayedNotEnabled: () =>
    [
      10168,
      'Requested market data is not subscribed. Delayed market data is not enabled.',
    ] as const,
  competingSession: () => [10197, 'No market data during competing live session'] as const,
  badEndDate: () =>
    [
      10314,
      'End Date/Time: The date, time, or time-zone entered is invalid. The correct format is ' +
        'yyyymmdd hh:mm:ss xx/xxxx where yyyymmdd and xx/xxxx are optional. E.g.: 20031126 15:59:00 ' +
        'US/Eastern  Note that there is a space between the date and time, and between the time and ' +
        'time-zone.  If no date is specified, current date is assumed. If no time-zone is specified, ' +
        'local time-zone is assumed(deprecated).  You can also provide yyyymmddd-hh:mm:ss time is in ' +
        'UTC. Note that there is a dash between the date and time in UTC notation.',
    ] as const,
  endDateOfContinuous: () =>
    [10339, 'Setting end date/time for continuous future security type is not allowed.'] as const,
  linkLost: () =>
    [1100, 'Connectivity between IBKR and Trader Workstation has been lost.'] as const,
  linkRestoredDataLost: () =>
    [
      1101,
      'Connectivity between IBKR and Trader Workstation has been restored - data lost.',
    ] as const,
  linkRestoredDataKept: (farms: string) =>
    [
      1102,
      'Connectivity between IBKR and Trader Workstation has been restored - data maintained. All data ' +
        `farms are connected: ${farms}.`,
    ] as const,
} as const;

export type IbError = readonly [code: number, text: string];
