import type { AccountValue, Result } from './ports.ts';
import type { Requests } from './requests.ts';

const tags = 'NetLiquidation,TotalCashValue,BuyingPower,AvailableFunds,ExcessLiquidity,Cushion';
const deadlineMs = 15_000;

/** The account's figures of now; the request is cancelled as soon as they are complete. */
export async function accountSummary(requests: Requests): Promise<Result<readonly AccountValue[]>> {
  const values: AccountValue[] = [];
  let stop = (): void => {};
  const answer = await requests.ask<readonly AccountValue[]>({
    asked: { symbol: null, request: 'account summary' },
    deadlineMs,
    send: (client, id) => {
      stop = () => client.cancelAccountSummary(id);
      client.accountSummary(id, 'All', tags);
    },
    cancel: (client, id) => client.cancelAccountSummary(id),
    collect: (part) => {
      if (part.type === 'account-value') {
        const { type: _, ...value } = part;
        values.push(value);
      }
      return part.type === 'account-end' ? { value: values } : undefined;
    },
  });
  if (answer.ok) stop();
  return answer;
}
