import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { parseOptions } from '../config/options.ts';
import { SettingsDesk } from './settings-desk.ts';

let folder: string;
let applied: [string, unknown][];

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-desk-'));
  applied = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function open(...args: string[]) {
  const config = loadConfig(parseOptions(['--data-dir', folder, ...args]), {
    cwd: folder,
    env: {},
    home: folder,
    platform: 'linux',
  });
  return new SettingsDesk(config, (key, value) => applied.push([key, value]));
}

describe('the settings', () => {
  it('say of each key what it is and where it came from', () => {
    const desk = open('--http-port', '9');
    const port = desk.list().find(({ key }) => key === 'http.port');
    expect(port).toMatchObject({ value: 9, origin: 'option --http-port', editable: false });
  });

  it('keep a change for the next start, and say so', () => {
    const result = open().set('ndjson.port', '4444');
    expect(result).toMatchObject({
      ok: true,
      value: { value: 12_345, pending: 4_444, needsRestart: true },
    });
    expect(readFileSync(path.join(folder, 'settings.yaml'), 'utf8')).toContain('port: 4444');
    expect(
      open()
        .list()
        .find(({ key }) => key === 'ndjson.port')?.value,
    ).toBe(4_444);
  });

  it('apply at once what can be', () => {
    expect(open().set('log.level', 'debug')).toMatchObject({
      ok: true,
      value: { value: 'debug', needsRestart: false },
    });
    expect(applied).toEqual([['log.level', 'debug']]);
  });

  it('refuse what does not fit, what is not there, and what is said more strongly elsewhere', () => {
    const desk = open('--ib-host', 'gw');
    expect(desk.set('ndjson.port', 'many')).toMatchObject({ error: { code: 'BAD_INPUT' } });
    expect(desk.set('kettle', 1)).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(desk.set('ib.host', 'other')).toMatchObject({
      error: { code: 'REFUSED', message: 'ib.host comes from the option --ib-host, which wins.' },
    });
    expect(desk.set('allow_remote', 'no-auth')).toMatchObject({ error: { code: 'REFUSED' } });
  });

  it('refuse what would keep the program from starting again', () => {
    const desk = open();
    expect(desk.set('history.calendars', '/nowhere/calendars.yaml')).toMatchObject({
      error: {
        code: 'BAD_INPUT',
        message: 'history.calendars: /nowhere/calendars.yaml cannot be read (ENOENT).',
      },
    });
    expect(desk.set('http.tls_cert', '/nowhere/cert.pem')).toMatchObject({
      error: { code: 'REFUSED' },
    });
    writeFileSync(path.join(folder, 'calendars.yaml'), '');
    expect(desk.set('history.calendars', 'calendars.yaml')).toMatchObject({ ok: true });
  });

  it('take contracts as text, and say plainly what is wrong in them', () => {
    const desk = open();
    const sap = { exchange: 'IBIS', currency: 'EUR' };
    expect(desk.set('contracts', JSON.stringify({ SAP: sap }))).toMatchObject({
      value: { pending: { SAP: sap } },
    });
    expect(desk.set('contracts', '{"SAP": {"exchnage": "IBIS"}}')).toMatchObject({
      error: { message: 'contracts must not have exchnage at SAP.' },
    });
    expect(desk.set('contracts', 'SAP')).toMatchObject({
      error: { message: expect.stringContaining('must be contract fields by ticker, as in') },
    });
  });
});
