/** A weighted average with the digits IBKR shows of it. */
export function shownWap(wap: number): number {
  return Math.round(wap * 1_000_000) / 1_000_000;
}
