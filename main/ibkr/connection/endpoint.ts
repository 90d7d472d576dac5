export type AccountMode = 'paper' | 'live';
export type Program = 'tws' | 'gateway';

const ports: Readonly<Record<Program, Readonly<Record<AccountMode, number>>>> = {
  tws: { paper: 7497, live: 7496 },
  gateway: { paper: 4002, live: 4001 },
};

/** The port IBKR's programs listen on unless their settings were changed. */
export function usualPort(program: Program, mode: AccountMode): number {
  return ports[program][mode];
}

/** What a port usually means; null for a port of the user's own. */
export function meaningOf(
  port: number,
): { readonly program: Program; readonly mode: AccountMode } | null {
  for (const program of ['tws', 'gateway'] as const) {
    for (const mode of ['paper', 'live'] as const) {
      if (ports[program][mode] === port) return { program, mode };
    }
  }
  return null;
}

/** Paper accounts and their advisors' groups begin with D. */
export function accountMode(account: string): AccountMode {
  return account.startsWith('D') ? 'paper' : 'live';
}

/** Why these accounts must not be used here, in a sentence; null when all is as it was asked for. */
export function accountMismatch(
  accounts: readonly string[],
  wanted: AccountMode,
  port: number,
): string | null {
  const found = accounts.filter((account) => account !== '').map(accountMode);
  const stranger = found.find((mode) => mode !== wanted);
  if (stranger) {
    return stranger === 'live'
      ? `Paper trading is set here, but the program on port ${port} is logged in to a live account. The connection was closed.`
      : `Live trading is set here, but the program on port ${port} is logged in to a paper account. The connection was closed.`;
  }
  const usual = meaningOf(port);
  if (usual && found.length > 0 && usual.mode !== wanted) {
    return `Port ${port} is the ${usual.mode} port, but the account behind it is a ${wanted} account. The connection was closed.`;
  }
  return null;
}
