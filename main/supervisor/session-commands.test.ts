import { expect, test } from 'vitest';
import { freeReservation } from '../../shared/reservation.ts';
import type { Phase } from '../../shared/services.ts';
import { type SessionParts, sessionCommands } from './session-commands.ts';

function desk(phase: Phase, changes: Partial<SessionParts> = {}) {
  const done: string[] = [];
  const service = {
    view: { phase },
    start: async () => {
      done.push('start the service');
      return null;
    },
  };
  const commands = sessionCommands({
    session: {
      connect: () => void done.push('connect'),
      disconnect: () => void done.push('disconnect'),
      reconnect: () => void done.push('reconnect'),
    },
    reservation: () => freeReservation,
    service: () => service,
    ...changes,
  });
  return { commands, done };
}

test.each(['connection.connect', 'connection.reconnect'] as const)(
  '%s starts the service of the session where it was stopped, and connects with it',
  async (name) => {
    const { commands, done } = desk('stopped');
    expect(await commands[name]({}, 'http')).toMatchObject({ ok: true });
    expect(done).toEqual(['start the service']);
  },
);

test('a session whose service runs is connected, renewed and disconnected directly', async () => {
  const { commands, done } = desk('running');
  await commands['connection.connect']({}, 'window');
  await commands['connection.reconnect']({}, 'tray');
  await commands['connection.disconnect']({}, 'http');
  expect(done).toEqual(['connect', 'reconnect', 'disconnect']);
});

test('to disconnect starts nothing', async () => {
  const { commands, done } = desk('stopped');
  await commands['connection.disconnect']({}, 'window');
  expect(done).toEqual(['disconnect']);
});

test('a service that does not start says why', async () => {
  const start = async () => new Error('no port');
  const { commands } = desk('stopped', {
    service: () => ({ view: { phase: 'stopped' as const }, start }),
  });
  expect(await commands['connection.connect']({}, 'window')).toMatchObject({
    ok: false,
    error: { code: 'START_FAILED', message: 'ibkr did not start: no port' },
  });
});

test('a lent session, or none at all, is left alone', async () => {
  const reserved = { ...freeReservation, state: 'reserved', holder: 'algo' } as const;
  const lent = desk('stopped', { reservation: () => reserved });
  expect(await lent.commands['connection.connect']({}, 'window')).toMatchObject({
    error: { code: 'RESERVED', message: 'The session is lent to algo.' },
  });
  const none = desk('stopped', { session: null });
  expect(await none.commands['connection.connect']({}, 'window')).toMatchObject({
    error: { code: 'NO_GATEWAY' },
  });
  expect([...lent.done, ...none.done]).toEqual([]);
});
