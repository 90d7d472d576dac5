import type { BigIntStats } from 'node:fs';

/** What tells one state of a file from another without reading it. */
export interface FileIdentity {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
}

export interface FileStat extends FileIdentity {
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

export function sameState(a: FileIdentity, b: FileIdentity): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}
