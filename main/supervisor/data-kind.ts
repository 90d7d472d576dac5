import type { MarketDataKind } from '../../shared/connection.ts';
import type { Values } from '../config/settings.ts';

/** What the configuration calls each kind of market data, in the words of the connection. */
export const dataKind: Readonly<Record<Values['market_data.data_type'], MarketDataKind>> = {
  realtime: 'live',
  frozen: 'frozen',
  delayed: 'delayed',
  'delayed-frozen': 'delayed-frozen',
};
