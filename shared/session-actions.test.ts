import { expect, test } from 'vitest';
import { sampleState } from '../testing/sample-state.ts';
import type { ConnectionView } from './connection.ts';
import { sessionActions } from './session-actions.ts';

const now = 1_000_000;
const base = sampleState();

function actions(connection: Partial<ConnectionView>, changes: Partial<typeof base> = {}) {
  const state = { ...base, connection: { ...base.connection, ...connection }, ...changes };
  const { connect, reconnect, disconnect } = sessionActions(state, now);
  const can = { connect, reconnect, disconnect };
  return {
    reasons: Object.values(can).filter((why) => why !== null),
    possible: Object.entries(can).flatMap(([name, why]) => (why === null ? [name] : [])),
  };
}

test.each<[string, Partial<ConnectionView>, readonly string[], RegExp | null]>([
  ['connected', { phase: 'connected' }, ['reconnect', 'disconnect'], /is connected/],
  ['disconnected', { reason: 'stopped-by-operator' }, ['connect'], /is disconnected/],
  ['not started', { reason: 'not-started' }, ['connect'], /is disconnected/],
  ['IBKR away', { reason: 'link-lost' }, ['reconnect', 'disconnect'], /TWS waits for IBKR/],
  ['attempting', { phase: 'connecting' }, ['reconnect', 'disconnect'], /is connecting/],
  [
    'waiting to try again',
    { phase: 'reconnecting', nextRetryAt: now + 1 },
    ['connect', 'reconnect', 'disconnect'],
    null,
  ],
  ['failed', { phase: 'failed' }, ['connect', 'reconnect', 'disconnect'], null],
])('a session that is %s can be acted on where that does something', (_, view, names, why) => {
  const { possible, reasons } = actions(view);
  expect(possible).toEqual(names);
  if (why) for (const reason of reasons) expect(reason).toMatch(why);
});

test('a lent session is not ours to open or close, and says whose it is', () => {
  const reservation = { ...base.reservation, state: 'reserved', holder: 'algo' } as const;
  const { possible, reasons } = actions({ phase: 'disconnected' }, { reservation });
  expect(possible).toEqual([]);
  expect(new Set(reasons)).toEqual(new Set(['The session is lent to algo.']));
});

test('without a gateway there is nothing to connect to', () => {
  const { possible } = actions({}, { app: { ...base.app, source: 'lightweight' } });
  expect(possible).toEqual([]);
});
