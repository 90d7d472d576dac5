import type {
  KeyedSlice,
  Patch,
  PatchBatch,
  SliceName,
  Snapshot,
  State,
} from '../../shared/state.ts';
import type { Cancel, Clock } from '../kit/clock.ts';

/** Patches leave at most this often, unless something asks to be told at once. */
const coalesceMs = 100;

const keyed: ReadonlySet<SliceName> = new Set<KeyedSlice>(['services', 'tickers']);

export interface Slice<T> {
  get(): T;
  /** `urgent` sends what has gathered at once: a change of phase must not wait. */
  set(value: T, urgency?: 'urgent'): void;
}

/** The one state of the supervisor: named slices, one writer each, told in numbered patches. */
export class Store {
  readonly #clock: Clock;
  readonly #listeners = new Set<(batch: PatchBatch) => void>();
  readonly #claimed = new Set<SliceName>();
  #state: State;
  /** The state as the listeners last heard it. */
  #told: State;
  #seq = 0;
  #timer: Cancel | null = null;

  constructor(initial: State, clock: Clock) {
    this.#state = initial;
    this.#told = initial;
    this.#clock = clock;
  }

  get state(): State {
    return this.#state;
  }

  /** Hands the slice to its writer. A second writer is a mistake in the wiring. */
  claim<N extends SliceName>(name: N): Slice<State[N]> {
    if (this.#claimed.has(name)) throw new Error(`the slice "${name}" already has a writer`);
    this.#claimed.add(name);
    return {
      get: () => this.#state[name],
      set: (value, urgency) => {
        if (Object.is(value, this.#state[name])) return;
        this.#state = { ...this.#state, [name]: value };
        if (urgency === 'urgent') this.flush();
        else this.#timer ??= this.#clock.after(coalesceMs, () => this.flush());
      },
    };
  }

  /** Everything as it has been told so far: the next patch continues from here. */
  snapshot(): Snapshot {
    this.flush();
    return { seq: this.#seq, at: this.#clock.now(), state: this.#told };
  }

  subscribe(listener: (batch: PatchBatch) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  flush(): void {
    this.#timer?.();
    this.#timer = null;
    const patches = difference(this.#told, this.#state);
    this.#told = this.#state;
    if (patches.length === 0) return;
    const batch = { seq: ++this.#seq, at: this.#clock.now(), patches };
    for (const listener of [...this.#listeners]) listener(batch);
  }

  close(): void {
    this.#timer?.();
    this.#listeners.clear();
  }
}

function difference(before: State, after: State): readonly Patch[] {
  const patches: Patch[] = [];
  for (const slice of Object.keys(after) as SliceName[]) {
    if (Object.is(before[slice], after[slice])) continue;
    patches.push(
      keyed.has(slice)
        ? keyedPatch(slice as KeyedSlice, before, after)
        : ({ slice, value: after[slice] } as Patch),
    );
  }
  return patches;
}

function keyedPatch(slice: KeyedSlice, before: State, after: State): Patch {
  const old = before[slice] as Readonly<Record<string, unknown>>;
  const now = after[slice] as Readonly<Record<string, unknown>>;
  const entries: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(now)) {
    if (!Object.is(old[key], value)) entries[key] = value;
  }
  return { slice, entries, gone: Object.keys(old).filter((key) => !Object.hasOwn(now, key)) };
}
