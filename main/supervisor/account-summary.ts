import type { AccountValue } from '../../shared/account.ts';
import { ok, type Result, refused } from '../../shared/result.ts';
import type { IbkrService } from '../ibkr/ports.ts';

export async function accountSummary(
  ibkr: IbkrService | null,
  wanted: boolean,
): Promise<Result<readonly AccountValue[]>> {
  if (!ibkr) return refused('NO_GATEWAY', 'In lightweight mode there is no account.');
  if (!wanted) {
    return refused('SWITCHED_OFF', 'The account summary is switched off (ib.accounts).');
  }
  const answer = await ibkr.summary();
  return answer.ok ? ok(answer.value) : refused(answer.reason, answer.message);
}
