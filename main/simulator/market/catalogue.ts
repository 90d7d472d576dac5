/** The instruments that exist without being asked for. Prices are where they move about, not quotes. */
export interface CatalogueStock {
  readonly symbol: string;
  readonly conId: number;
  readonly name: string;
  readonly primary: 'NASDAQ' | 'NYSE' | 'ARCA';
  readonly type: 'COMMON' | 'ETF';
  readonly industry: string;
  readonly category: string;
  readonly price: number;
  readonly volatility: number;
  readonly minuteVolume: number;
}

type Row = readonly [
  symbol: string,
  conId: number,
  name: string,
  primary: CatalogueStock['primary'],
  industry: string,
  category: string,
  price: number,
  volatility: number,
  minuteVolume: number,
  type?: 'ETF',
];

const rows: readonly Row[] = [
  ['AAPL', 265598, 'APPLE INC', 'NASDAQ', 'Technology', 'Computers', 230, 0.27, 130_000],
  ['MSFT', 272093, 'MICROSOFT CORP', 'NASDAQ', 'Technology', 'Software', 420, 0.24, 52_000],
  [
    'GOOGL',
    208813719,
    'ALPHABET INC-CL A',
    'NASDAQ',
    'Communications',
    'Internet',
    175,
    0.28,
    68_000,
  ],
  ['AMZN', 3691937, 'AMAZON.COM INC', 'NASDAQ', 'Communications', 'Internet', 190, 0.31, 100_000],
  [
    'TSLA',
    76792991,
    'TESLA INC',
    'NASDAQ',
    'Consumer, Cyclical',
    'Auto Manufacturers',
    260,
    0.55,
    220_000,
  ],
  [
    'BRK B',
    72063691,
    'BERKSHIRE HATHAWAY INC-CL B',
    'NYSE',
    'Financial',
    'Insurance',
    450,
    0.17,
    9_500,
  ],
  ['NVDA', 4815747, 'NVIDIA CORP', 'NASDAQ', 'Technology', 'Semiconductors', 125, 0.5, 620_000],
  [
    'UNH',
    13272,
    'UNITEDHEALTH GROUP INC',
    'NYSE',
    'Consumer, Non-cyclical',
    'Healthcare-Services',
    510,
    0.27,
    9_000,
  ],
  [
    'JNJ',
    8719,
    'JOHNSON & JOHNSON',
    'NYSE',
    'Consumer, Non-cyclical',
    'Pharmaceuticals',
    155,
    0.17,
    18_000,
  ],
  [
    'V',
    49462172,
    'VISA INC-CLASS A SHARES',
    'NYSE',
    'Consumer, Non-cyclical',
    'Commercial Services',
    280,
    0.2,
    16_000,
  ],
  ['XOM', 13977, 'EXXON MOBIL CORP', 'NYSE', 'Energy', 'Oil & Gas', 115, 0.26, 38_000],
  ['WMT', 13824, 'WALMART INC', 'NYSE', 'Consumer, Cyclical', 'Retail', 75, 0.19, 40_000],
  ['JPM', 1520593, 'JPMORGAN CHASE & CO', 'NYSE', 'Financial', 'Banks', 210, 0.24, 22_000],
  [
    'META',
    107113386,
    'META PLATFORMS INC-CLASS A',
    'NASDAQ',
    'Communications',
    'Internet',
    520,
    0.36,
    38_000,
  ],
  [
    'PG',
    11031,
    'PROCTER & GAMBLE CO/THE',
    'NYSE',
    'Consumer, Non-cyclical',
    'Cosmetics/Personal Care',
    168,
    0.17,
    17_000,
  ],
  [
    'MA',
    38685693,
    'MASTERCARD INC - A',
    'NYSE',
    'Consumer, Non-cyclical',
    'Commercial Services',
    470,
    0.21,
    6_600,
  ],
  ['CVX', 5684, 'CHEVRON CORP', 'NYSE', 'Energy', 'Oil & Gas', 155, 0.26, 20_000],
  ['HD', 7930, 'HOME DEPOT INC', 'NYSE', 'Consumer, Cyclical', 'Retail', 370, 0.23, 9_200],
  ['KO', 8894, 'COCA-COLA CO/THE', 'NYSE', 'Consumer, Non-cyclical', 'Beverages', 65, 0.15, 33_000],
  ['PEP', 11017, 'PEPSICO INC', 'NASDAQ', 'Consumer, Non-cyclical', 'Beverages', 170, 0.17, 14_000],
  ['SPY', 756733, 'SPDR S&P 500 ETF TRUST', 'ARCA', '', '', 560, 0.17, 140_000, 'ETF'],
  ['QQQ', 320227571, 'INVESCO QQQ TRUST SERIES 1', 'NASDAQ', '', '', 480, 0.21, 95_000, 'ETF'],
];

export const catalogueStocks: readonly CatalogueStock[] = rows.map(
  ([symbol, conId, name, primary, industry, category, price, volatility, minuteVolume, type]) => ({
    symbol,
    conId,
    name,
    primary,
    type: type ?? 'COMMON',
    industry,
    category,
    price,
    volatility,
    minuteVolume,
  }),
);

export const eurUsd = {
  conId: 12087792,
  name: 'European Monetary Union Euro',
  price: 1.1,
  volatility: 0.075,
} as const;

export const es = {
  conId: 371749798,
  name: 'E-mini S&P 500',
  price: 5600,
  volatility: 0.17,
  minuteVolume: 2600,
} as const;
