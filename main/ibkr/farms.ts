import type { FarmView } from '../../shared/connection.ts';

export type Farms = ReadonlyMap<string, FarmView>;

const meanings: Readonly<Record<number, Pick<FarmView, 'kind' | 'state'>>> = {
  2103: { kind: 'market', state: 'broken' },
  2104: { kind: 'market', state: 'ok' },
  2108: { kind: 'market', state: 'inactive' },
  2119: { kind: 'market', state: 'connecting' },
  2105: { kind: 'historical', state: 'broken' },
  2106: { kind: 'historical', state: 'ok' },
  2107: { kind: 'historical', state: 'inactive' },
  2157: { kind: 'definitions', state: 'broken' },
  2158: { kind: 'definitions', state: 'ok' },
};

/** The farms after a message; `mended` when one came back that had been broken. */
export function farmsAfter(
  farms: Farms,
  code: number,
  message: string,
  now: number,
): { readonly farms: Farms; readonly mended: FarmView | null } {
  const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  if (!meaning) return { farms, mended: null };
  const name = nameIn(message);
  const before = farms.get(name);
  if (before?.state === meaning.state) return { farms, mended: null };
  // On its way back a broken farm says "connecting": it is still broken until it says OK.
  if (before?.state === 'broken' && meaning.state === 'connecting') return { farms, mended: null };
  const farm: FarmView = { name, ...meaning, since: now };
  return {
    farms: new Map(farms).set(name, farm),
    mended: before?.state === 'broken' && meaning.state === 'ok' ? farm : null,
  };
}

/** `Market data farm connection is OK:usfarm` names its farm after the last colon. */
function nameIn(message: string): string {
  const name = /:\s*([\w.-]+)\s*$/.exec(message)?.[1];
  return name ?? 'unnamed';
}
