/** The shapes a fault's own parameters take. */
export type ParameterKind =
  | 'seconds'
  | 'milliseconds'
  | 'count'
  | 'ids'
  | 'symbols'
  | 'time'
  | 'yes-no'
  | { readonly oneOf: readonly string[] };

export interface FaultDefinition {
  readonly about: string;
  readonly parameters: Readonly<Record<string, ParameterKind>>;
  /** `moment` faults happen and are over; `state` faults last until they are switched off. */
  readonly nature: 'state' | 'moment';
}

/** Every fault, with what a client sees of it. `for`, `every` and `clients` fit all of them. */
export const faultDefinitions = {
  refuse: {
    about: 'New connections are refused.',
    parameters: {},
    nature: 'state',
  },
  mute: {
    about: 'Connections are accepted and nothing is ever said; existing ones fall silent too.',
    parameters: {},
    nature: 'state',
  },
  'half-open': {
    about: 'Established connections go silent for good; new ones are mute.',
    parameters: {},
    nature: 'state',
  },
  'kill-socket': {
    about: 'Established connections are closed, once.',
    parameters: {},
    nature: 'moment',
  },
  'client-id-in-use': {
    about: 'These client ids (all, when none are given) get 326 and are closed.',
    parameters: { ids: 'ids' },
    nature: 'state',
  },
  'link-lost': {
    about: '1100, then nothing from the servers; at the end 1101 or 1102.',
    parameters: {
      restore: { oneOf: ['data-lost', 'data-kept', 'data-kept-but-dead'] },
      after: 'seconds',
    },
    nature: 'state',
  },
  'farm-broken': {
    about: '2103, 2105 or 2157 and no data from that farm; at the end 2104, 2106 or 2158.',
    parameters: {
      farm: { oneOf: ['usfarm', 'usfuture', 'cashfarm', 'ushmds', 'secdefil'] },
      dead: 'yes-no',
    },
    nature: 'state',
  },
  'feed-silent': {
    about: 'Connected, but no tick, live bar or bar update comes.',
    parameters: { symbols: 'symbols' },
    nature: 'state',
  },
  'pacing-violation': {
    about: 'Historical requests get 162, pacing violation.',
    parameters: { symbols: 'symbols' },
    nature: 'state',
  },
  'no-data': {
    about: 'Historical requests get 162, query returned no data.',
    parameters: { symbols: 'symbols' },
    nature: 'state',
  },
  'competing-session': {
    about: '10197 for market data, 162 for history, as when the login is used elsewhere.',
    parameters: {},
    nature: 'state',
  },
  'delayed-only': {
    about: '354 for live data; 10167 and delayed ticks for those who accept them.',
    parameters: { symbols: 'symbols' },
    nature: 'state',
  },
  'not-subscribed': {
    about: '354 for live data, 10168 for delayed data, 162 for history.',
    parameters: { symbols: 'symbols' },
    nature: 'state',
  },
  slow: {
    about: 'Everything is said that much later.',
    parameters: { ms: 'milliseconds' },
    nature: 'state',
  },
  garbage: {
    about: 'One frame of random bytes is sent to each client.',
    parameters: { bytes: 'count' },
    nature: 'moment',
  },
  truncate: {
    about: 'The next message to each client is cut: a short frame, or half a frame and the end.',
    parameters: { how: { oneOf: ['frame', 'socket'] } },
    nature: 'moment',
  },
  restart: {
    about: 'All connections close and none is accepted for a while.',
    parameters: { after: 'seconds', down: 'seconds' },
    nature: 'moment',
  },
  'clock-skew': {
    about: 'The gateway tells a time that is wrong by so much.',
    parameters: { seconds: 'seconds' },
    nature: 'state',
  },
  'bar-holes': {
    about: 'Historical answers lack the bars between two times.',
    parameters: { symbols: 'symbols', from: 'time', to: 'time' },
    nature: 'state',
  },
} as const satisfies Readonly<Record<string, FaultDefinition>>;

export type FaultName = keyof typeof faultDefinitions;
export const faultNames = Object.keys(faultDefinitions) as readonly FaultName[];

/** What a fault was switched on with. Only what its definition names is ever set. */
export interface FaultSettings {
  readonly for?: number;
  readonly every?: number;
  readonly clients?: readonly number[];
  readonly ids?: readonly number[];
  readonly symbols?: readonly string[];
  readonly restore?: 'data-lost' | 'data-kept' | 'data-kept-but-dead';
  readonly after?: number;
  readonly down?: number;
  readonly farm?: string;
  readonly dead?: boolean;
  readonly ms?: number;
  readonly bytes?: number;
  readonly how?: 'frame' | 'socket';
  readonly seconds?: number;
  /** Epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
}
