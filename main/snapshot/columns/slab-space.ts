interface Piece {
  readonly at: number;
  readonly bytes: number;
}

interface Resting extends Piece {
  readonly until: number;
}

/** A slab that was moved away from rests this long, so that a slow reader finds it unharmed. */
export const restMs = 60_000;

/** Which bytes of a segment are free for slabs. First fit, neighbours joined; time is an argument. */
export class SlabSpace {
  #free: Piece[];
  #resting: Resting[] = [];

  constructor(start: number, end: number) {
    this.#free = end > start ? [{ at: start, bytes: end - start }] : [];
  }

  /** Where the slab may go, or undefined when no piece is large enough. */
  take(bytes: number, now: number): number | undefined {
    this.#wake(now);
    const index = this.#free.findIndex((piece) => piece.bytes >= bytes);
    const piece = this.#free[index];
    if (!piece) return undefined;
    const left = { at: piece.at + bytes, bytes: piece.bytes - bytes };
    this.#free.splice(index, 1, ...(left.bytes > 0 ? [left] : []));
    return piece.at;
  }

  rest(at: number, bytes: number, now: number): void {
    this.#resting.push({ at, bytes, until: now + restMs });
  }

  get freeBytes(): number {
    return this.#free.reduce((sum, piece) => sum + piece.bytes, 0);
  }

  #wake(now: number): void {
    if (!this.#resting.some((piece) => piece.until <= now)) return;
    const awake = this.#resting.filter((piece) => piece.until <= now);
    this.#resting = this.#resting.filter((piece) => piece.until > now);
    this.#free = joined([...this.#free, ...awake]);
  }
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of [...pieces].sort((a, b) => a.at - b.at)) {
    const last = result.at(-1);
    if (last && last.at + last.bytes === piece.at) {
      result[result.length - 1] = { at: last.at, bytes: last.bytes + piece.bytes };
    } else {
      result.push({ at: piece.at, bytes: piece.bytes });
    }
  }
  return result;
}
