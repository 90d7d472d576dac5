/** One measured number beside what it should be, and beside a peer measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: { readonly atLeast: number } | { readonly atMost: number };
  /** The other program or the bare limit measured in the same run, for the reader to compare. */
  readonly peer?: { readonly name: string; readonly value: number; readonly unit?: string };
  readonly note?: string;
}

export interface BenchContext {
  /** Only prove that it runs: the smallest counts. */
  readonly quick: boolean;
  /** Progress for the person who waits; goes to standard error. */
  say(line: string): void;
}

/** One topic of `npm run bench`, in a file of its own in `bench/topics/`, as its default export. */
export interface Bench {
  readonly topic: string;
  figures(context: BenchContext): Promise<readonly Figure[]>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] as number;
}
