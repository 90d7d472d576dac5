/** One figure of the account summary, as IBKR tells it. */
export interface AccountValue {
  readonly account: string;
  readonly tag: string;
  readonly value: string;
  readonly currency: string;
}
