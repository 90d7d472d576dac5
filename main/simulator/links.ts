import type { Instrument } from './ports.ts';

/** The servers behind the gateway, as its system messages name them. */
export type FarmKind = 'market' | 'history' | 'contracts';

export const farms: Readonly<Record<string, FarmKind>> = {
  usfarm: 'market',
  usfuture: 'market',
  cashfarm: 'market',
  ushmds: 'history',
  secdefil: 'contracts',
};

export const historyFarm = 'ushmds';
export const contractFarm = 'secdefil';

export function farmOf(instrument: Instrument): string {
  switch (instrument.secType) {
    case 'STK':
      return 'usfarm';
    case 'CASH':
      return 'cashfarm';
    case 'CONTFUT':
    case 'FUT':
      return 'usfuture';
  }
}

const wording = {
  market: {
    broken: (farm: string) => [2103, `Market data farm connection is broken:${farm}`] as const,
    ok: (farm: string) => [2104, `Market data farm connection is OK:${farm}`] as const,
    inactive: (farm: string) =>
      [
        2108,
        `Market data farm connection is inactive but should be available upon demand.${farm}`,
      ] as const,
  },
  history: {
    broken: (farm: string) => [2105, `HMDS data farm connection is broken:${farm}`] as const,
    ok: (farm: string) => [2106, `HMDS data farm connection is OK:${farm}`] as const,
    inactive: (farm: string) =>
      [
        2107,
        `HMDS data farm connection is inactive but should be available upon demand.${farm}`,
      ] as const,
  },
  contracts: {
    broken: (farm: string) => [2157, `Sec-def data farm connection is broken:${farm}`] as const,
    ok: (farm: string) => [2158, `Sec-def data farm connection is OK:${farm}`] as const,
    inactive: (farm: string) => [2158, `Sec-def data farm connection is OK:${farm}`] as const,
  },
} as const;

export function farmMessage(
  farm: string,
  state: 'broken' | 'ok' | 'inactive',
): readonly [number, string] {
  return wording[farms[farm] ?? 'market'][state](farm);
}

/** Which farms are connected; IB Gateway connects them on demand, TWS at once. */
export class Links {
  readonly #awake = new Set<string>();
  readonly #announce: (farm: string) => void;

  constructor(kind: 'tws' | 'gateway', announce: (farm: string) => void) {
    this.#announce = announce;
    this.#awake.add(contractFarm);
    if (kind === 'tws') for (const farm of Object.keys(farms)) this.#awake.add(farm);
  }

  /** What a client is told of the farms when it starts. */
  greeting(isBroken: (farm: string) => boolean): readonly (readonly [number, string])[] {
    return Object.keys(farms).map((farm) =>
      farmMessage(farm, isBroken(farm) ? 'broken' : this.#awake.has(farm) ? 'ok' : 'inactive'),
    );
  }

  /** Something is wanted from that farm. */
  wake(farm: string): void {
    if (this.#awake.has(farm)) return;
    this.#awake.add(farm);
    this.#announce(farm);
  }
}
