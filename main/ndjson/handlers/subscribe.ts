import type { NdjsonPorts } from '../ports.ts';
import { type Handler, type Request, reply } from '../request.ts';
import { type Subscriber, type Topic, topics } from '../subscriber.ts';
import type { Subscriptions } from '../subscriptions.ts';
import { asciiJson, Refusal } from '../wire.ts';
import { wantedTickers } from './data.ts';

const maxTickersPerClient = 20_000;

export function subscriptionHandlers(
  subscriptions: Subscriptions,
  quotes: Pick<NdjsonPorts['quotes'], 'get'>,
): Readonly<Record<string, Handler>> {
  return {
    subscribe(request) {
      const wanted = topicsOf(request) ?? ['quotes'];
      const tickers = wanted.includes('quotes') ? tickersOf(request) : [];
      const { connection } = request.peer;
      const following = subscriptions.of(connection)?.tickers.size ?? 0;
      if (tickers !== null && following + tickers.length > maxTickersPerClient) {
        throw new Refusal('LIMIT', `At most ${maxTickersPerClient} tickers: subscribe to "*"`);
      }
      const subscriber = subscriptions.follow(connection, request.peer, wanted, tickers);
      const unknown = (tickers ?? []).filter((ticker) => quotes.get(ticker) === undefined);
      return reply(asciiJson({ ...described(subscriber), unknown }));
    },
    unsubscribe(request) {
      const { connection } = request.peer;
      const named = (request.fields['tickers'] ?? null) === null ? null : tickersOf(request);
      const unwanted = topicsOf(request) ?? (named === null ? topics : ['quotes']);
      if (named !== null && subscriptions.of(connection)?.everyTicker) {
        throw new Refusal('BAD_REQUEST', 'Subscribed to every ticker: unsubscribe from "*"');
      }
      return reply(asciiJson(described(subscriptions.unfollow(connection, unwanted, named))));
    },
  };
}

function described(subscriber: Subscriber | undefined): object {
  return {
    topics: topics.filter((topic) => subscriber?.topics.has(topic)),
    tickers: subscriber?.everyTicker ? '*' : [...(subscriber?.tickers ?? [])],
  };
}

/** Null stands for every ticker. */
function tickersOf(request: Request): readonly string[] | null {
  return request.fields['tickers'] === '*' ? null : wantedTickers(request);
}

function topicsOf(request: Request): readonly Topic[] | null {
  const given = request.fields['topics'] ?? null;
  if (given === null) return null;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0 || !list.every((topic) => topics.includes(topic as Topic))) {
    throw new Refusal('BAD_REQUEST', `topics must be among ${topics.join(', ')}`);
  }
  return list as readonly Topic[];
}
