import { z } from 'zod';
import { type Timeframe, timeframes } from '../../shared/bar.ts';
import type { InstrumentOverrides } from '../../shared/instrument.ts';
import { type Setting, setting } from './setting.ts';
import * as value from './values.ts';

/**
 * Every key there is, in the order the reference prints them. The schema, the command line, the
 * environment, the files, the reference and the Settings screen all follow from this one table.
 */
export const settings = {
  data_dir: setting<string | null>({
    schema: value.text('a folder').nullable(),
    default: null,
    shape: 'folder',
    option: 'data-dir',
    help: 'Where bars, logs, the token, the lease and the lock live.',
    otherwise: 'the folder of the system for such data',
    applies: 'restart',
  }),
  demo: setting({
    schema: value.boolean,
    default: false,
    shape: 'true | false',
    option: 'demo',
    flag: true,
    help: 'Runs on the simulated gateway inside the program: no TWS, no account, no network.',
    applies: 'restart',
  }),
  lightweight: setting({
    schema: value.boolean,
    default: false,
    shape: 'true | false',
    option: 'lightweight',
    flag: true,
    help: 'No gateway at all: twenty tickers with random quotes and one bar of today.',
    applies: 'restart',
  }),
  'ib.host': setting({
    schema: value.host,
    default: '127.0.0.1',
    shape: 'host',
    option: 'ib-host',
    env: ['IB_HOST'],
    alias: ['api.tws_endpoint'],
    help: 'The machine on which TWS or IB Gateway runs.',
    applies: 'restart',
  }),
  'ib.port': setting<number | null>({
    schema: value.portOrAuto,
    default: null,
    shape: 'port | auto',
    option: 'ib-port',
    env: ['IB_PORT'],
    alias: ['api.port'],
    otherwise: 'auto',
    help: 'Its API port; auto takes 7497 or 7496 for TWS, 4002 or 4001 for Gateway, paper or live.',
    applies: 'restart',
  }),
  'ib.client_id': setting({
    schema: value.integer(0, 2_147_483_647),
    default: 1,
    shape: 'number',
    option: 'client-id',
    env: ['IB_CLIENT_ID'],
    help: 'The first API client id to try.',
    applies: 'restart',
  }),
  'ib.client_id_policy': setting({
    schema: value.choice(['cycle', 'fixed']),
    default: 'cycle',
    shape: 'cycle | fixed',
    option: 'client-id-policy',
    help: 'Whether each attempt takes the next client id, up to 50, or always the same one.',
    applies: 'restart',
  }),
  'ib.auto_reconnect': setting({
    schema: value.boolean,
    default: true,
    shape: 'true | false',
    option: 'auto-reconnect',
    flag: true,
    help: 'Whether a lost session is sought again without being asked.',
    off: 'A lost session is not sought again until somebody asks.',
    applies: 'restart',
  }),
  'ib.live': setting({
    schema: value.boolean,
    default: false,
    shape: 'true | false',
    option: 'live',
    flag: true,
    help: 'Uses a live account; without it a live account is refused.',
    applies: 'restart',
  }),
  'ib.gateway': setting({
    schema: value.boolean,
    default: false,
    shape: 'true | false',
    option: 'gateway',
    flag: true,
    help: 'IB Gateway rather than TWS, for the port that auto takes.',
    applies: 'restart',
  }),
  'ib.accounts': setting({
    schema: value.boolean,
    default: true,
    shape: 'true | false',
    help: 'Whether the account summary is asked for and shown.',
    applies: 'restart',
  }),
  'market_data.data_type': setting({
    schema: value.choice(['realtime', 'frozen', 'delayed', 'delayed-frozen']),
    default: 'realtime',
    shape: 'realtime | frozen | delayed | delayed-frozen',
    help: 'The market data asked for; where real-time is not subscribed, delayed data is taken.',
    applies: 'restart',
  }),
  'market_data.timeout': setting({
    schema: value.seconds(1, 600),
    default: 15,
    shape: 'seconds',
    help: 'How long one request for market data may stay without an answer.',
    applies: 'restart',
  }),
  'market_data.retry_attempts': setting({
    schema: value.integer(0, 100),
    default: 3,
    shape: 'number',
    help: 'How often the MarketDataClient of the library asks again; the supervisor never gives a ticker up.',
    applies: 'restart',
  }),
  'market_data.lines': setting({
    schema: value.integer(1, 10_000),
    default: 100,
    shape: 'number',
    help: 'Streaming lines the account has; tickers beyond them are polled in turn.',
    applies: 'restart',
  }),
  watchlist: setting({
    schema: value.list,
    default: [],
    shape: 'list | file',
    option: 'watchlist',
    help: 'The tickers to keep: a list with commas, or a file (one a line, or CSV with a Ticker column).',
    applies: 'restart',
  }),
  contracts: setting<InstrumentOverrides>({
    schema: value.contracts,
    default: {},
    shape: 'mapping',
    help: 'Contract fields for tickers whose grammar does not say enough, by ticker.',
    applies: 'restart',
  }),
  use_rth: setting({
    schema: value.boolean,
    default: true,
    shape: 'true | false',
    option: 'use-rth',
    flag: true,
    help: 'Whether the download of daily bars keeps to regular trading hours.',
    off: 'The download of daily bars takes all hours, not the regular ones alone.',
    applies: 'restart',
  }),
  'history.fill_use_rth': setting({
    schema: value.boolean,
    default: false,
    shape: 'true | false',
    help: 'Whether the gap filler keeps to regular trading hours.',
    applies: 'restart',
  }),
  'history.timeframes': setting<readonly Timeframe[]>({
    schema: value.list.pipe(z.array(value.choice(timeframes)) as never) as z.ZodType<
      readonly Timeframe[]
    >,
    default: [],
    shape: 'list of 1m 5m 15m 30m 1h 4h 1d',
    help: 'Timeframes of which the gap filler begins a file for each ticker, as far back as one request reaches; existing files are always kept whole.',
    applies: 'restart',
  }),
  'history.check_interval': setting({
    schema: value.seconds(1, 86_400),
    default: 300,
    shape: 'seconds',
    help: 'How often the files are searched for gaps.',
    applies: 'restart',
  }),
  'history.batch_size': setting({
    schema: value.integer(1, 1_000),
    default: 5,
    shape: 'number',
    help: 'How many files are filled in one cycle.',
    applies: 'restart',
  }),
  'history.max_age_days': setting({
    schema: value.integer(1, 3_650),
    default: 30,
    shape: 'days',
    help: 'Gaps that ended longer ago are reported and filled only when a person asks.',
    applies: 'restart',
  }),
  'history.request_sessions': setting<Readonly<Partial<Record<Timeframe, number>>>>({
    schema: value.sessionsByTimeframe,
    default: {},
    shape: 'mapping, as in 1m: 5, 1d: 2520',
    help: 'The most sessions one request may cover, by timeframe, where the usual limits do not suit.',
    applies: 'restart',
  }),
  'history.download_days': setting({
    schema: value.integer(1, 3_650),
    default: 365,
    shape: 'days',
    help: 'How far back the download of daily bars goes.',
    applies: 'restart',
  }),
  'history.calendars': setting<string | null>({
    schema: value.text('a file').nullable(),
    default: null,
    shape: 'file',
    help: 'Trading hours of your own, which win over every other source.',
    applies: 'restart',
  }),
  'ndjson.host': setting({
    schema: value.host,
    default: '127.0.0.1',
    shape: 'host',
    option: 'ndjson-host',
    help: 'Where the NDJSON server listens.',
    applies: 'restart',
  }),
  'ndjson.port': setting({
    schema: value.port,
    default: 12_345,
    shape: 'port',
    option: 'ndjson-port',
    help: 'Its port; 0 takes a free one.',
    applies: 'restart',
  }),
  'ndjson.max_line_bytes': setting({
    schema: value.integer(64, 16_777_216),
    default: 65_536,
    shape: 'bytes',
    option: 'max-line-bytes',
    help: 'The longest request, its newline counted.',
    applies: 'restart',
  }),
  'ndjson.idle_timeout': setting({
    schema: value.seconds(0, 86_400),
    default: 60,
    shape: 'seconds',
    option: 'idle-timeout',
    help: 'When a silent connection is closed; 0 never. The holder of the session and subscribers are spared.',
    applies: 'restart',
  }),
  'ndjson.max_connections': setting({
    schema: value.integer(1, 1_000_000),
    default: 10_240,
    shape: 'number',
    help: 'Connections beyond this are told so and closed.',
    applies: 'restart',
  }),
  freshness_ms: setting({
    schema: value.integer(1, 86_400_000),
    default: 90_000,
    shape: 'milliseconds',
    option: 'freshness-ms',
    help: 'A quote older than this is called stale.',
    applies: 'restart',
  }),
  'http.host': setting({
    schema: value.host,
    default: '127.0.0.1',
    shape: 'host',
    option: 'http-host',
    help: 'Where the HTTP server and the window in a browser listen.',
    applies: 'restart',
  }),
  'http.port': setting({
    schema: value.port,
    default: 8_000,
    shape: 'port',
    option: 'http-port',
    help: 'Its port; 0 takes a free one.',
    applies: 'restart',
  }),
  'http.token_file': setting<string | null>({
    schema: value.text('a file').nullable(),
    default: null,
    shape: 'file',
    option: 'token-file',
    help: 'The file with the access token; without it, `token` in the data folder, made when allow_remote asks for one.',
    applies: 'restart',
  }),
  allow_remote: setting({
    schema: z.preprocess(
      (given) =>
        given === true || given === '' || given === 'true' || given === 'yes'
          ? 'token'
          : given === false || given === 'false'
            ? 'no'
            : given,
      value.choice(['no', 'token', 'no-auth']),
    ) as unknown as z.ZodType<'no' | 'token' | 'no-auth'>,
    default: 'no' as const,
    shape: 'no | token | no-auth',
    option: 'allow-remote',
    help: 'Allows addresses other than loopback: with the token for everything, or without any check.',
    applies: 'restart',
  }),
  'http.allowed_hosts': setting({
    schema: value.list,
    default: [],
    shape: 'list',
    option: 'allowed-hosts',
    help: 'Host names a browser or a container may call us by, beside loopback ones.',
    applies: 'restart',
  }),
  'http.tls_cert': setting<string | null>({
    schema: value.text('a PEM file').nullable(),
    default: null,
    shape: 'file',
    option: 'tls-cert',
    help: 'Certificate for HTTPS; goes with the key.',
    applies: 'restart',
  }),
  'http.tls_key': setting<string | null>({
    schema: value.text('a PEM file').nullable(),
    default: null,
    shape: 'file',
    option: 'tls-key',
    help: 'Key for HTTPS; goes with the certificate.',
    applies: 'restart',
  }),
  'forward.host': setting({
    schema: value.host,
    default: '127.0.0.1',
    shape: 'host',
    option: 'forward-host',
    help: 'Where the forwarded port listens.',
    applies: 'restart',
  }),
  'forward.port': setting<number | null>({
    schema: z.preprocess(
      (given) => (given === 'off' ? null : given),
      value.port.nullable(),
    ) as unknown as z.ZodType<number | null>,
    default: null,
    shape: 'port | off',
    option: 'forward-port',
    help: 'Forwards this port to the gateway; off by default, 0 takes a free one.',
    applies: 'restart',
  }),
  'forward.target': setting<{ readonly host: string; readonly port: number } | null>({
    schema: value.endpoint.nullable(),
    default: null,
    shape: 'host:port',
    option: 'forward-target',
    help: 'Where the forwarded port leads; the gateway itself unless said otherwise.',
    applies: 'restart',
  }),
  'forward.policy': setting({
    schema: value.choice(['open', 'reserved']),
    default: 'reserved',
    shape: 'open | reserved',
    option: 'forward-policy',
    help: 'Whether the forwarded port admits anybody, or only while the session is reserved.',
    applies: 'restart',
  }),
  'shm.enabled': setting({
    schema: value.boolean,
    default: true,
    shape: 'true | false',
    option: 'shm',
    flag: true,
    help: 'Whether history is also kept in shared memory.',
    off: 'Keeps nothing in shared memory.',
    applies: 'restart',
  }),
  'shm.name': setting({
    schema: value
      .text('a short name')
      .refine(
        (name) => /^[A-Za-z0-9_.-]{1,24}$/.test(name) && !/^\.+$/.test(name),
        'must be 1 to 24 letters, digits, dots, dashes or underscores',
      ),
    default: 'shm0',
    shape: 'name',
    option: 'shm-name',
    help: 'The dictionary segment; the columns are beside it with -bars added.',
    applies: 'restart',
  }),
  'shm.mirror_bars': setting({
    schema: value.integer(1, 100_000),
    default: 400,
    shape: 'number',
    help: 'How many daily bars of each ticker the dictionary segment carries.',
    applies: 'restart',
  }),
  'reservation.orphan_timeout': setting({
    schema: value.seconds(0, 604_800),
    default: 0,
    shape: 'seconds',
    help: 'Releases a reservation this long after its holder has gone; 0 never.',
    applies: 'restart',
  }),
  'reservation.probe_interval': setting({
    schema: value.seconds(1, 3_600),
    default: 15,
    shape: 'seconds',
    help: 'How often the gateway is looked for while the session is lent.',
    applies: 'restart',
  }),
  'log.level': setting({
    schema: value.choice(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    shape: 'trace | debug | info | warn | error | silent',
    option: 'log-level',
    help: 'The least serious line that is written.',
    applies: 'live',
  }),
  'log.format': setting({
    schema: value.choice(['auto', 'json', 'pretty']),
    default: 'auto',
    shape: 'auto | json | pretty',
    option: 'log-format',
    help: 'How lines look on standard error; auto is pretty on a terminal.',
    applies: 'restart',
  }),
} as const;

export type Settings = typeof settings;
export type Key = keyof Settings;
export type Values = {
  readonly [K in Key]: Settings[K] extends Setting<infer T> ? T : never;
};

export const keys = Object.keys(settings) as readonly Key[];
export function definition(key: Key): Setting {
  return settings[key] as Setting;
}
export function isKey(name: string): name is Key {
  return Object.hasOwn(settings, name);
}
/** `ib.client_id_policy` is also GATEHOUSE_IB_CLIENT_ID_POLICY; an option's own name works as well. */
export function environmentNames(key: Key): readonly string[] {
  const { option, env = [] } = definition(key);
  const names = [
    ...(option ? [`GATEHOUSE_${option.replaceAll('-', '_').toUpperCase()}`] : []),
    `GATEHOUSE_${key.replaceAll('.', '_').toUpperCase()}`,
  ];
  return [...new Set([...names, ...env])];
}
