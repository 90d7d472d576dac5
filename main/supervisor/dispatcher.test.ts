import { describe, expect, it } from 'vitest';
import { commandNames } from '../../shared/contract.ts';
import { ok } from '../../shared/result.ts';
import { silentLog } from '../kit/log.ts';
import { createDispatcher, type Handlers } from './dispatcher.ts';

const heard: unknown[] = [];
const handlers = Object.fromEntries(
  commandNames.map((name) => [
    name,
    (input: unknown) => {
      heard.push(input);
      return ok({ done: true });
    },
  ]),
) as unknown as Handlers;

describe('the dispatcher', () => {
  it('validates once and fills in what was left out', async () => {
    const dispatch = createDispatcher(handlers, silentLog);
    expect(await dispatch('logs.read', undefined, 'http')).toEqual(ok({ done: true }));
    expect(heard.at(-1)).toEqual({ since: 0, limit: 500 });
  });

  it('refuses a command that is not in the contract', async () => {
    const dispatch = createDispatcher(handlers, silentLog);
    for (const name of ['fly', 'toString', '__proto__', '']) {
      expect(await dispatch(name, {}, 'window')).toMatchObject({
        ok: false,
        error: { code: 'UNKNOWN_COMMAND' },
      });
    }
  });

  it('refuses input that does not fit, and says where', async () => {
    const dispatch = createDispatcher(handlers, silentLog);
    const result = await dispatch('service.stop', { service: 'kettle' }, 'window');
    expect(result).toMatchObject({ ok: false, error: { code: 'BAD_INPUT' } });
    if (!result.ok) expect(result.error.message).toContain('service');
    expect(await dispatch('reservation.recall', { extra: 1 }, 'http')).toMatchObject({ ok: false });
  });

  it('turns a thrown error into an answer', async () => {
    const broken: Handlers = {
      ...handlers,
      'reservation.recall': () => {
        throw new Error('the lease file is gone');
      },
    };
    const dispatch = createDispatcher(broken, silentLog);
    expect(await dispatch('reservation.recall', {}, 'tray')).toMatchObject({
      ok: false,
      error: { code: 'INTERNAL', message: 'reservation.recall failed: the lease file is gone' },
    });
  });
});
