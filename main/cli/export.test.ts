import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
const header = 'timestamp,open,high,low,close,volume\n';
const row = (second: number) => `${new Date(second * 1000).toISOString()},1,1,1,1,1\n`;

let dataDir: string;
const written = () => fs.readdirSync(dataDir).filter((name) => name !== 'bars');

beforeEach(() => {
  dataDir = fs.mkdtempSync(join(os.tmpdir(), 'gatehouse-export-'));
  fs.mkdirSync(join(dataDir, 'bars'));
  // More than a pipe holds, so that the writer meets a reader that has left.
  const rows = Array.from({ length: 5000 }, (_, nth) => row(1_767_600_000 + nth * 60));
  fs.writeFileSync(join(dataDir, 'bars', 'AAPL_1m.csv'), header + rows.join(''));
});
afterEach(() => fs.rmSync(dataDir, { recursive: true }));

function gatehouseExport(words: readonly string[], leave: 'at once' | 'at the end' = 'at the end') {
  const args = ['--import', 'tsx', cli, 'export', '--data-dir', dataDir, ...words];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => {
    stderr += data;
  });
  child.stdout.once('data', () => {
    if (leave === 'at once') child.stdout.destroy();
  });
  return new Promise<{ code: number | null; stderr: string }>((ended) =>
    child.on('close', (code) => ended({ code, stderr })),
  );
}

it('ends quietly when its reader has seen enough', async () => {
  const ended = await gatehouseExport(['--format', 'csv', '--out', '-'], 'at once');
  expect(ended).toEqual({ code: 0, stderr: '' });
});

it('names a ticker without a file, fails, and writes what there is of the others', async () => {
  const out = join(dataDir, 'out.csv');
  const { code, stderr } = await gatehouseExport(['--out', out, '--symbols', 'NOPE,AAPL']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^NOPE has no file$/m);
  expect(fs.readFileSync(out, 'utf8').trimEnd().split('\n')).toHaveLength(5001);
});

it('leaves no file behind when nothing was selected', async () => {
  const out = join(dataDir, 'out.csv');
  const words = ['--out', out, '--symbols', 'AAPL', '--timeframes', '1h'];
  const { code, stderr } = await gatehouseExport(words);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^AAPL has no file of 1h$/m);
  expect(written()).toEqual([]);
});
