import type { BigIntStats } from 'node:fs';

/** What tells one state of a file from another without reading it. */
export interface FileStat {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly mode: number;
  readonly directory: boolean;
}

export function statOf(stat: BigIntStats): FileStat {
  return {
    ino: stat.ino.toString(),
    size: Number(stat.size),
    mtimeNs: stat.mtimeNs.toString(),
    mode: Number(stat.mode) & 0o777,
    directory: stat.isDirectory(),
  };
}

export function sameState(
  a: Pick<FileStat, 'ino' | 'size' | 'mtimeNs'>,
  b: Pick<FileStat, 'ino' | 'size' | 'mtimeNs'>,
): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}
