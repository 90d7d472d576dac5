import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog, type LogOptions } from './create-log.ts';

let dir: string;
let stderr: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-log-'));
  stderr = '';
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const open = (changes: Partial<LogOptions> = {}) =>
  createLog({
    level: 'info',
    format: 'json',
    dir,
    stderr: { write: (text) => (stderr += text) },
    ...changes,
  });

describe('the log', () => {
  it('goes to standard error, to the file and to the ring alike', () => {
    const logs = open();
    logs.for('ibkr').info({ attempt: 1 }, 'connecting');
    logs.close();
    const [file] = readdirSync(dir).filter((name) => name.endsWith('.log'));
    expect(readFileSync(path.join(dir, file as string), 'utf8')).toBe(stderr);
    expect(JSON.parse(stderr)).toMatchObject({ service: 'ibkr', attempt: 1, msg: 'connecting' });
    expect(logs.ring.since(0, 10)).toMatchObject([
      { seq: 1, level: 'info', service: 'ibkr', text: 'connecting', fields: { attempt: 1 } },
    ]);
  });

  it('takes a line that comes after its end without a fault', () => {
    const logs = open();
    logs.close();
    logs.root.info({}, 'late');
    logs.close();
    expect(stderr).toContain('late');
  });

  it('never shows what is secret, at the top or inside', () => {
    const logs = open({ dir: null });
    const log = logs.for('ndjson');
    log.info(
      { token: 'sesame', request: { lease: 'sesame', headers: { authorization: 'sesame' } } },
      'asked',
    );
    logs.close();
    expect(stderr).not.toContain('sesame');
    expect(JSON.stringify(logs.ring.since(0, 10))).not.toContain('sesame');
    expect(stderr).toContain('[redacted]');
  });

  it('changes its level while it runs', () => {
    const logs = open({ dir: null });
    const log = logs.for('http');
    log.debug({}, 'before');
    logs.setLevel('debug');
    log.debug({}, 'after');
    logs.close();
    expect(stderr).not.toContain('before');
    expect(stderr).toContain('after');
  });

  it('is one readable line each where a person reads', () => {
    const logs = open({ dir: null, format: 'pretty' });
    logs.for('http').warn({ port: 8000, peer: 'someone' }, 'refused');
    logs.close();
    expect(stderr).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}http {7}refused {2}port=8000 peer=someone\n$/,
    );
  });

  it('keeps the newest lines in the ring and gives those after a number', () => {
    const logs = open({ dir: null });
    for (let i = 1; i <= 2_100; i++) logs.root.info({ i }, 'line');
    logs.close();
    expect(logs.ring.since(0, 5_000)).toHaveLength(2_000);
    expect(logs.ring.since(2_098, 10).map(({ seq }) => seq)).toEqual([2_099, 2_100]);
    expect(logs.ring.since(0, 3).map(({ seq }) => seq)).toEqual([2_098, 2_099, 2_100]);
    expect(logs.ring.since(2_100, 3)).toEqual([]);
  });
});
