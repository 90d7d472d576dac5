import { ConnectionManager, type ConnectionManagerOptions } from './connection-manager.ts';

export interface AccountBalance {
  readonly NetLiquidation: number;
  readonly TotalCashValue: number;
  readonly BuyingPower: number;
}

const balanceTags = ['NetLiquidation', 'TotalCashValue', 'BuyingPower'] as const;

/** The account behind a session: read only, as everything here. */
export class Broker {
  readonly manager: ConnectionManager;

  /** Takes a manager of the caller's, or the options for one of its own. */
  constructor(connection: ConnectionManager | ConnectionManagerOptions = {}) {
    this.manager =
      connection instanceof ConnectionManager ? connection : new ConnectionManager(connection);
  }

  /** False instead of an error when no session can be opened. */
  async connect(timeoutSeconds = 30, retryCount = 3): Promise<boolean> {
    try {
      return await this.manager.connect(timeoutSeconds, retryCount);
    } catch {
      return false;
    }
  }

  isConnected(): boolean {
    return this.manager.isConnected();
  }

  /** The account's figures in its own currency; {} without a session or an answer. */
  async getAccountBalance(): Promise<AccountBalance | Record<string, never>> {
    const answer = await this.manager.session.summary();
    if (!answer.ok) return {};
    const balance: Record<string, number> = {};
    for (const { tag, value } of answer.value) {
      const number = Number(value);
      const wanted = (balanceTags as readonly string[]).includes(tag);
      // Several accounts answer one after the other; the first is the one TWS shows.
      if (wanted && Number.isFinite(number)) balance[tag] ??= number;
    }
    return balanceTags.every((tag) => tag in balance) ? (balance as unknown as AccountBalance) : {};
  }

  disconnect(): Promise<void> {
    return this.manager.disconnect();
  }
}
