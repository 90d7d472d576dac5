import type { Advice } from './advice.ts';

type Entry = Omit<Advice, 'code'>;

const error = (meaning: string, effect: string, ...todo: string[]): Entry => ({
  severity: 'error',
  meaning,
  effect,
  todo,
  endsRequest: true,
});
const warning = (meaning: string, effect: string, ...todo: string[]): Entry => ({
  ...error(meaning, effect, ...todo),
  severity: 'warning',
});
/** Advice only: the request it names lives on and data may follow. */
const advisory = (meaning: string, effect: string, ...todo: string[]): Entry => ({
  ...warning(meaning, effect, ...todo),
  endsRequest: false,
});
const info = (meaning: string, effect: string, ...todo: string[]): Entry => ({
  ...advisory(meaning, effect, ...todo),
  severity: 'info',
});

const subscribe =
  'Subscribe to the exchange in Client Portal, Settings, Market Data Subscriptions; then restart TWS.';
const acceptDelayed = 'Or choose delayed market data in the settings.';
const reword = 'Read the text beside the code: it names the field that is wrong.';

/** One entry for every code a user of market data and history can meet. Code 162 has a file of its own. */
export const catalogue: Readonly<Record<number, Entry>> = {
  100: warning(
    'More than 50 messages a second were sent to TWS, counted over all its programs.',
    'TWS drops messages and may disconnect.',
    'Stop or slow other programs that use the same TWS.',
    'Nothing here: Gatehouse keeps to 40 a second by itself.',
  ),
  101: warning(
    'All market-data lines are in use; TWS windows and other programs share them.',
    'This ticker gets no stream; it is polled in turn instead.',
    'Close watchlists and charts in TWS that are not needed.',
    'Shorten the watchlist, or buy a quote booster pack from IBKR.',
  ),
  102: error(
    'The id of this request is already in use.',
    'The second request was ignored.',
    'Give every request an id of its own when using the API handle directly.',
    'Reconnect if it repeats.',
  ),
  165: info(
    'The historical data service reports on its work.',
    'Nothing changes; slow answers are possible.',
    'Wait; ask for fewer bars if it repeats.',
  ),
  166: error(
    'The contract has expired.',
    'Bars of expired futures are kept for two years only.',
    'Name the current contract under contracts in gatehouse.yaml, or use the continuous future.',
  ),
  200: error(
    'IBKR knows no such security, or more than one.',
    'Nothing comes for this symbol; the others go on.',
    'Check the spelling; a class is written with a dot, as in BRK.B.',
    'Name exchange, currency or primary exchange for it under contracts in gatehouse.yaml.',
    'If the symbol is right, try again later: it also happens during the nightly reset.',
  ),
  320: error(
    'TWS could not read the request.',
    'The request was not carried out.',
    reword,
    'Update TWS or IB Gateway if it repeats.',
  ),
  321: error(
    'TWS refused the request as invalid.',
    'The request was not carried out.',
    reword,
    'If it says read-only: nothing to do, Gatehouse places no orders.',
  ),
  322: error(
    'TWS failed while working on the request.',
    'The request was not carried out.',
    reword,
    'Try again; restart TWS if it repeats.',
  ),
  326: warning(
    'Another program is connected with the same client id, or TWS has not yet noticed that it left.',
    'TWS closed the connection; the next id is tried.',
    'Give each program its own client id (--client-id).',
    'If no other program runs, wait a minute or restart TWS: a lost connection holds its id for a while.',
  ),
  354: error(
    'The account has no market-data subscription for this symbol.',
    'No live quotes come for it.',
    subscribe,
    acceptDelayed,
  ),
  366: info(
    'TWS knows no historical request with this id: it has ended already.',
    'Nothing is lost.',
    'Nothing to do.',
  ),
  420: error(
    'The request for real-time data is invalid or goes beyond its limits.',
    'No real-time data comes for this request.',
    subscribe,
    'Ask for fewer real-time series at a time.',
  ),
  502: error(
    'No connection to TWS or IB Gateway could be made.',
    'There is no session; attempts go on by themselves.',
    'Start TWS or IB Gateway and log in.',
    'In TWS: Edit, Global Configuration, API, Settings: tick "Enable ActiveX and Socket Clients".',
    'Compare the port there with the one used here: TWS 7497 paper, 7496 live; Gateway 4002 paper, 4001 live.',
    'Check that no other program uses the same client id.',
  ),
  504: error(
    'There is no connection to TWS.',
    'The request was not sent.',
    'Connect first.',
    'If the connection was lost, wait for the automatic reconnect or press Reconnect.',
    'Check the network between this machine and TWS.',
  ),
  507: error(
    'The connection to TWS ended in the middle of a message.',
    'The session is over; a new one is opened.',
    'Check that no other program uses the same client id.',
    'See whether TWS was restarted or closed.',
  ),
  1100: warning(
    'TWS has lost its connection to IBKR.',
    'No data comes until it returns; TWS restores it by itself, and the connection to TWS is kept.',
    'Usually nothing: it passes, often at night during the reset.',
    'Check the internet connection of the machine that runs TWS.',
    'If it lasts longer than the nightly reset, restart TWS.',
  ),
  1101: warning(
    'TWS is connected to IBKR again, but its market-data requests were lost.',
    'Every ticker is requested again.',
    'Nothing here: it is done by itself.',
    'In a program of your own, request market data again.',
  ),
  1102: info(
    'TWS is connected to IBKR again and kept its market-data requests.',
    'Data should go on; whether it does is checked for every ticker.',
    'Nothing here: a ticker that stays silent is requested again by itself.',
    'In a program of your own, do not request again, but check that data comes.',
  ),
  1300: warning(
    'TWS has moved its API to another port.',
    'The connection ends; the new port is used from now on.',
    'Set the new port in the settings, so that the next start finds it.',
  ),
  2103: warning(
    'A market-data farm of IBKR is disconnected.',
    'Quotes that come through this farm stand still.',
    'Wait: TWS reconnects by itself.',
    'If it lasts, check the network and press Ctrl-Alt-F in TWS.',
  ),
  2104: info(
    'A market-data farm is connected.',
    'Its data flows; after an outage this is checked for every ticker.',
  ),
  2105: warning(
    'A historical data farm of IBKR is disconnected.',
    'Bars cannot be loaded for the moment.',
    'Wait: TWS reconnects by itself.',
  ),
  2106: info('A historical data farm is connected.', 'Bars can be loaded.'),
  2107: info(
    'A historical data farm is inactive and connects when it is needed.',
    'Nothing: this is normal with IB Gateway.',
  ),
  2108: info(
    'A market-data farm is inactive and connects when it is needed.',
    'Nothing: this is normal with IB Gateway.',
  ),
  2109: info(
    'The wish for data outside regular hours does not apply to this request.',
    'It is carried out without it.',
  ),
  2110: warning(
    'TWS has lost its connection to the IBKR server.',
    'No data comes until it returns; TWS restores it by itself.',
    'Wait; check the internet connection of the machine that runs TWS if it lasts.',
  ),
  2158: info('The farm for security definitions is connected.', 'Symbols can be looked up.'),
  10089: advisory(
    'Live data for this symbol needs an additional subscription for the API.',
    'Delayed or partial data may follow.',
    subscribe,
    acceptDelayed,
  ),
  10090: advisory(
    'Part of the market data is not subscribed.',
    'The parts that are subscribed arrive.',
    subscribe,
  ),
  10091: advisory(
    'Part of the market data needs an additional subscription for the API.',
    'The parts that are subscribed, or delayed data, arrive.',
    subscribe,
    acceptDelayed,
  ),
  10167: advisory(
    'There is no live subscription for this symbol, so delayed data is shown.',
    'Quotes are 15 to 20 minutes old and are marked as delayed.',
    'Nothing, if delayed data is enough: it is normal for accounts without subscriptions.',
    subscribe,
  ),
  10168: error(
    'The symbol is not subscribed and delayed data is not switched on.',
    'No quotes come for it.',
    'Choose delayed market data in the settings.',
    subscribe,
  ),
  10182: warning(
    'TWS failed to keep the bars up to date.',
    'The live end of this history stopped; it is requested again.',
    'Nothing here: it is done by itself.',
  ),
  10186: error(
    'The symbol is not subscribed and delayed data is not switched on.',
    'No quotes come for it.',
    'Choose delayed market data in the settings.',
    subscribe,
  ),
  10187: error(
    'The login is in use from another address.',
    'IBKR serves no data here while that session lives.',
    'Log out of TWS, Client Portal or the phone app elsewhere.',
    'Use a second user name of the account for this machine.',
  ),
  10197: error(
    'The same login is active elsewhere, and that session has the live data.',
    'No live quotes come here; they are asked for again at growing intervals.',
    'Log out of TWS, Client Portal or the phone app elsewhere.',
    'For a paper account: its live twin must not be logged in on another machine.',
  ),
  10314: error(
    'The end date of a historical request is not in a form IBKR takes.',
    'The request was not carried out.',
    'Write it as yyyymmdd-hh:mm:ss in UTC.',
  ),
};
