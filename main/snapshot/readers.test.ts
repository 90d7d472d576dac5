import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Columns } from './columns/columns.ts';
import { entry, entryProvisional, header, headerBytes } from './columns/layout.ts';
import { linuxSegments } from './os/linux.ts';
import { compile, compiler, hasNumpy, python, run, script, uniqueName } from './proofs/harness.ts';
import { someBars } from './proofs/test-bars.ts';

const onLinux = process.platform === 'linux';
const day = 86_400;
const rows = someBars(30);

interface Reader {
  readonly who: string;
  readonly command: string;
  readonly args: readonly string[];
}

const readers: Reader[] = [
  { who: 'Node, mapped', command: process.execPath, args: [script('probe.mjs'), 'native'] },
  { who: 'Node, without koffi', command: process.execPath, args: [script('probe.mjs'), 'plain'] },
  ...(python ? [...(hasNumpy ? ['numpy'] : []), 'plain'] : []).map((how) => ({
    who: `Python, ${how === 'numpy' ? 'with numpy' : 'standard library only'}`,
    command: '/usr/bin/env',
    args: [python as string, script('probe.py'), how],
  })),
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-readers-'));
/** A good segment as bytes, for a test to spoil. */
let good: Buffer;

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  if (!onLinux) return;
  if (!python) console.warn('skipped: there is no Python for the Python readers');
  else if (!hasNumpy) console.warn('skipped: there is no numpy for the Python reader');
  if (!compiler) console.warn('skipped: there is no C compiler for the C reader');
  if (compiler) {
    const command = await compile('probe.c', folder);
    readers.push({ who: 'C', command, args: ['mapped'] });
  }
  const columns = new Columns({
    os: linuxSegments({ folder }),
    name: 'model',
    pid: process.pid,
    startMs: Date.now(),
    generation: 1,
    initialBytes: 1 << 15,
    initialSeries: 8,
  });
  columns.replace('AAPL', day, rows, 1);
  columns.replace('MSFT', day, someBars(5), 1);
  columns.replace('AAPL', 60, someBars(3), 1);
  good = fs.readFileSync(path.join(folder, 'model'));
  columns.close();
});

interface Case {
  readonly name: string;
  readonly says: unknown;
  readonly symbol?: string;
  /** Turns a good segment into what is to be read; undefined for no segment at all. */
  readonly spoil: (bytes: Buffer) => Buffer | undefined;
}

const aapl = headerBytes;

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid as number;
}

const expected = {
  series: [
    ['AAPL', day],
    ['MSFT', day],
    ['AAPL', 60],
  ],
  rows: rows.map((bar) => Object.values(bar)),
  provisional: false,
};

async function cases(): Promise<Case[]> {
  const pid = await deadPid();
  const spoilt = (name: string, code: string, spoil: Case['spoil']): Case => ({
    name,
    says: { code },
    spoil,
  });
  const dead = (bytes: Buffer): Buffer => put32(put64(bytes, aapl, 3n), header.writerPid, pid);
  return [
    { name: 'a good segment', says: expected, spoil: (bytes) => bytes },
    {
      name: 'a last bar that is being made of ticks',
      says: { ...expected, provisional: true },
      spoil: (bytes) => put32(bytes, aapl + entry.flags, entryProvisional),
    },
    {
      name: 'flags of a later writer',
      says: expected,
      spoil: (bytes) => put32(bytes, aapl + entry.flags, 0xfffffffc),
    },
    {
      name: 'an unknown symbol',
      says: { code: 'UNKNOWN_SERIES' },
      symbol: 'AAP',
      spoil: (bytes) => bytes,
    },
    spoilt('no segment', 'SHM_MISSING', () => undefined),
    spoilt('an empty segment', 'SHM_MISSING', () => Buffer.alloc(0)),
    spoilt('a segment still being made', 'SHM_MISSING', (bytes) => bytes.fill(0)),
    spoilt('a few bytes of something', 'SHM_FOREIGN', () => Buffer.from('hello')),
    spoilt('a foreign magic', 'SHM_FOREIGN', (bytes) => bytes.fill('x', 0, 8)),
    spoilt('a later layout', 'SHM_VERSION', (bytes) => put32(bytes, header.layout, 2)),
    spoilt('entries of another size', 'SHM_VERSION', (b) => put32(b, header.dirEntry, 256)),
    spoilt('a segment that was cut', 'SHM_SHRUNK', (bytes) => bytes.subarray(0, 8192)),
    spoilt('a hostile size', 'SHM_SHRUNK', (b) => put64(b, header.segmentSize, 2n ** 60n)),
    spoilt('a hostile directory', 'SHM_DAMAGED', (b) => put32(b, header.dirCapacity, 2 ** 31)),
    spoilt('a misplaced directory', 'SHM_DAMAGED', (b) => put64(b, header.dirOff, 8n)),
    spoilt('more entries than room', 'SHM_DAMAGED', (b) => put32(b, header.dirCount, 9)),
    spoilt('more bars than room', 'SHM_DAMAGED', (b) => put32(b, aapl + entry.count, 2 ** 31)),
    spoilt('bars outside the segment', 'SHM_DAMAGED', (b) =>
      put64(b, aapl + entry.dataOff, 2n ** 50n),
    ),
    spoilt('bars that do not add up', 'SHM_CHECKSUM', (b) => put64(b, aapl + entry.sum64, 1n)),
    spoilt('a writer that is busy', 'WRITER_BUSY', (bytes) => put64(bytes, aapl, 3n)),
    spoilt('a writer whose heart stopped', 'WRITER_DEAD', (bytes) =>
      put64(put64(bytes, aapl, 3n), header.heartbeatMs, BigInt(Date.now() - 6000)),
    ),
    spoilt('a writer that died in mid-write', 'WRITER_DEAD', dead),
    {
      name: 'another series of a dead writer',
      says: { ...expected, rows: someBars(5).map((bar) => Object.values(bar)) },
      symbol: 'MSFT',
      spoil: dead,
    },
    spoilt('a writer that has stopped', 'SHM_CLOSED', (b) => put32(b, header.state, 2)),
  ];
}

test.runIf(onLinux)(
  'readers in every language find the same bars, and the same name for each trouble',
  async () => {
    const all = await cases();
    const targets = all.flatMap(({ spoil, symbol }) => {
      const name = uniqueName();
      const bytes = Buffer.from(good);
      // Ahead of time, so that the heart still beats when the last of the readers comes round.
      bytes.writeBigUInt64LE(BigInt(Date.now() + 120_000), header.heartbeatMs);
      const spoilt = spoil(bytes);
      if (spoilt) fs.writeFileSync(path.join('/dev/shm', name), spoilt, { mode: 0o600 });
      return [name, symbol ?? 'AAPL'];
    });
    const said = await Promise.all(
      readers.map(async ({ who, command, args }) => {
        const outcome = await run(command, [...args, String(day), ...targets]);
        expect(outcome.code, `${who}: ${outcome.err}`).toBe(0);
        const verdicts = JSON.parse(outcome.out) as unknown[];
        return [who, all.map(({ name }, i) => [name, verdicts[i]])] as const;
      }),
    );
    const right = all.map(({ name, says }) => [name, says]);
    for (const [who, verdicts] of said) expect(verdicts, who).toEqual(right);
  },
);

function put32(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt32LE(value, at);
  return bytes;
}

function put64(bytes: Buffer, at: number, value: bigint): Buffer {
  bytes.writeBigUInt64LE(value, at);
  return bytes;
}
