/** When one session was connected to the gateway, as the gateway itself tells it. */
export interface SessionInterval {
  readonly session: number;
  readonly clientId: number;
  readonly from: number;
  /** The last time it was seen connected. */
  readonly to: number;
}

/** Every pair of sessions that were connected at the same time. */
export function overlaps(
  history: readonly SessionInterval[],
): readonly (readonly [SessionInterval, SessionInterval])[] {
  const found: (readonly [SessionInterval, SessionInterval])[] = [];
  const sorted = [...history].sort((a, b) => a.from - b.from || a.session - b.session);
  let open: SessionInterval[] = [];
  for (const interval of sorted) {
    open = open.filter((earlier) => earlier.to >= interval.from);
    for (const earlier of open) found.push([earlier, interval]);
    open.push(interval);
  }
  return found;
}

interface SeenSession {
  readonly session: number;
  readonly clientId: number | null;
}

/** Builds a history from looks at the gateway. Time is the number of the look: no clock can blur it. */
export class SessionWitness {
  readonly #seen = new Map<number, { clientId: number; from: number; to: number }>();
  #looks = 0;

  look(sessions: readonly SeenSession[]): void {
    this.#looks++;
    for (const { session, clientId } of sessions) {
      if (clientId === null) continue;
      const known = this.#seen.get(session);
      if (known) known.to = this.#looks;
      else this.#seen.set(session, { clientId, from: this.#looks, to: this.#looks });
    }
  }

  history(): readonly SessionInterval[] {
    return [...this.#seen].map(([session, interval]) => ({ session, ...interval }));
  }
}
