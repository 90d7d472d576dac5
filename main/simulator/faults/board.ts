import type { Cancel, Clock } from '../../kit/clock.ts';
import {
  type FaultDefinition,
  type FaultName,
  type FaultSettings,
  faultDefinitions,
} from './definitions.ts';

interface Entry {
  readonly settings: FaultSettings;
  readonly since: number;
  /** False between two turns of a fault that comes back `every` so often. */
  active: boolean;
  turns: number;
  timers: Set<Cancel>;
}

export interface FaultListener {
  begin(name: FaultName, settings: FaultSettings): void;
  end(name: FaultName, settings: FaultSettings): void;
}

/** Which faults are on, for whom and until when. What they do to a connection is the listener's affair. */
export class FaultBoard {
  readonly #clock: Clock;
  readonly #listener: FaultListener;
  readonly #entries = new Map<FaultName, Entry>();

  constructor(clock: Clock, listener: FaultListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  on(name: FaultName, settings: FaultSettings): void {
    this.off(name);
    const entry: Entry = {
      settings,
      since: this.#clock.now(),
      active: false,
      turns: 0,
      timers: new Set(),
    };
    this.#entries.set(name, entry);
    this.#turn(name, entry);
  }

  off(name: FaultName): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    for (const cancel of entry.timers) cancel();
    if (entry.active) {
      entry.active = false;
      this.#listener.end(name, entry.settings);
    }
  }

  reset(): void {
    for (const name of [...this.#entries.keys()]) this.off(name);
  }

  /** The settings of a fault that is on now, for that client, for that symbol. */
  active(name: FaultName, clientId?: number, symbol?: string): FaultSettings | undefined {
    const entry = this.#entries.get(name);
    if (!entry?.active) return undefined;
    return concerns(entry.settings, clientId, symbol) ? entry.settings : undefined;
  }

  list(): readonly {
    readonly name: FaultName;
    readonly settings: FaultSettings;
    readonly active: boolean;
    readonly since: number;
    readonly turns: number;
  }[] {
    return [...this.#entries].map(([name, { settings, active, since, turns }]) => ({
      name,
      settings,
      active,
      since,
      turns,
    }));
  }

  #turn(name: FaultName, entry: Entry): void {
    entry.turns++;
    const { every } = entry.settings;
    const definition: FaultDefinition = faultDefinitions[name];
    const lasts = durationOf(name, entry.settings);
    if (every !== undefined) this.#after(entry, every, () => this.#turn(name, entry));
    if (definition.nature === 'moment') {
      this.#listener.begin(name, entry.settings);
      if (every === undefined) this.#entries.delete(name);
      else if (lasts !== undefined && entry.turns === 1) {
        this.#after(entry, lasts, () => this.off(name));
      }
      return;
    }
    if (entry.active) this.#listener.end(name, entry.settings);
    entry.active = true;
    this.#listener.begin(name, entry.settings);
    if (lasts !== undefined && this.#entries.get(name) === entry) {
      this.#after(entry, lasts, () => this.#finish(name, entry));
    }
  }

  #finish(name: FaultName, entry: Entry): void {
    if (entry.settings.every === undefined) {
      this.off(name);
    } else if (entry.active) {
      entry.active = false;
      this.#listener.end(name, entry.settings);
    }
  }

  #after(entry: Entry, seconds: number, call: () => void): void {
    const cancel = this.#clock.after(seconds * 1000, () => {
      entry.timers.delete(cancel);
      call();
    });
    entry.timers.add(cancel);
  }
}

/** How long one turn lasts: `for`, and for a lost link also `after`. */
function durationOf(name: FaultName, settings: FaultSettings): number | undefined {
  return name === 'link-lost' ? (settings.after ?? settings.for) : settings.for;
}

export function concerns(settings: FaultSettings, clientId?: number, symbol?: string): boolean {
  if (settings.clients && (clientId === undefined || !settings.clients.includes(clientId))) {
    return false;
  }
  if (settings.symbols && symbol !== undefined && !settings.symbols.includes(symbol)) return false;
  return true;
}
