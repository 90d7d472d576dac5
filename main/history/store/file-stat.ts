import fs, { type BigIntStats } from 'node:fs';

/** What bears a name. Only a plain file may be opened: a pipe would block whoever opens it until somebody writes. */
export type FileKind = 'file' | 'directory' | 'dead-link' | 'other';

/** What tells one state of a file from another without reading it. */
export interface FileIdentity {
  readonly ino: string;
  readonly size: number;
  readonly mtimeNs: string;
}

export interface FileStat extends FileIdentity {
  readonly mode: number;
  readonly kind: FileKind;
}

export function statOf(stat: BigIntStats): FileStat {
  return {
    ino: stat.ino.toString(),
    size: Number(stat.size),
    mtimeNs: stat.mtimeNs.toString(),
    mode: Number(stat.mode) & 0o777,
    kind: kindOf(stat),
  };
}

function kindOf(stat: BigIntStats): FileKind {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  return stat.isSymbolicLink() ? 'dead-link' : 'other';
}

/** Of what the name leads to, or of the link itself where that leads nowhere. */
export function statFile(path: string): FileStat | undefined {
  try {
    const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
    if (stat) return statOf(stat);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
  }
  const link = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return link && statOf(link);
}

/** Why this is not to be opened as a bar file, if so. */
export function whyNoFile({ kind }: FileStat): string | undefined {
  switch (kind) {
    case 'file':
      return undefined;
    case 'directory':
      return 'it is a directory';
    case 'dead-link':
      return 'it is a link that leads nowhere';
    case 'other':
      return 'it is no regular file';
  }
}

export function sameState(a: FileIdentity, b: FileIdentity): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}
