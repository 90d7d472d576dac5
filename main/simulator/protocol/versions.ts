/** Server versions at which a layout changed, under the names IBKR's own documents give them. */
export const since = {
  modelsSupport: 103,
  pastLimit: 109,
  mdSizeMultiplier: 110,
  smartComponents: 114,
  headTimestamp: 118,
  aggGroup: 121,
  underlyingInfo: 122,
  syntheticRealtimeBars: 124,
  marketRules: 126,
  unrealizedPnl: 129,
  realExpirationDate: 134,
  realizedPnl: 135,
  lastLiquidity: 136,
  stockType: 152,
  asciiText: 153,
  fractionalSizeSupport: 163,
  sizeRules: 164,
  advancedOrderReject: 166,
  instrumentTimeZone: 174,
  bondIssuerId: 176,
  pendingPriceRevision: 178,
  lastTradeDate: 182,
  ineligibilityReasons: 186,
} as const;

/** The V100 framing begins at 100; after 193 errors lose their version field, and 201 brings a binary framing. */
export const oldestVersion = 100;
export const newestVersion = 193;
