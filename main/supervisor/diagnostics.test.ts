import { expect, it } from 'vitest';
import { sampleState } from '../../testing/sample-state.ts';
import { loadConfig } from '../config/load.ts';
import { parseOptions } from '../config/options.ts';
import { accountSummary } from './account-summary.ts';
import { diagnostics } from './diagnostics.ts';

const around = { cwd: '/nowhere', env: {}, home: '/home/jo', platform: 'linux' as const };

it('says each value with its origin, and neither accounts, secrets nor the home folder', () => {
  const state = sampleState();
  const bundle = diagnostics({
    version: '1.2.3',
    config: loadConfig(
      parseOptions(['--http-port', '9000', '--data-dir', '/home/jo/data']),
      around,
    ),
    snapshot: {
      seq: 1,
      at: 2,
      state: { ...state, connection: { ...state.connection, accounts: ['DU7654321'] } },
    },
    counters: {},
    log: [
      {
        seq: 1,
        at: 1,
        level: 'info',
        service: 'ibkr',
        text: 'Connected (accounts DU7654321)',
        fields: { peer: { lease: 'very-secret' } },
      },
    ],
    home: '/home/jo',
  });
  expect(bundle.config).toContainEqual({
    key: 'http.port',
    value: 9000,
    origin: 'option --http-port',
  });
  expect(bundle.config).toContainEqual(expect.objectContaining({ value: '~/data' }));
  const text = JSON.stringify(bundle);
  expect(text).toContain('Connected (accounts [account])');
  for (const secret of ['DU7654321', 'very-secret', '/home/jo']) expect(text).not.toContain(secret);
});

it('asks for no account summary where that is switched off', async () => {
  const ibkr = { summary: () => Promise.reject(new Error('asked')) } as never;
  expect(await accountSummary(ibkr, false)).toMatchObject({ error: { code: 'SWITCHED_OFF' } });
});
