import type { NdjsonPorts } from '../ports.ts';
import { type Handler, type Request, reply } from '../request.ts';
import { asciiJson, Refusal } from '../wire.ts';

/** The requests every client of the protocol may rely on, apart from the reservation. */
export function coreHandlers(
  ports: Pick<NdjsonPorts, 'quotes' | 'snapshot' | 'memory'>,
): Readonly<Record<string, Handler>> {
  return {
    list_tickers: () => reply(asciiJson(ports.quotes.list())),
    get_snapshot_epoch: () => reply(snapshotJson(ports.snapshot)),
    get_shm_name(request) {
      const names = ports.memory.names();
      if (names === null) throw new Refusal('NOT_FOUND', 'Shared memory not configured');
      if (request.fields['columnar'] !== true)
        return reply(asciiJson({ shm_name: names.dictionary }));
      const { columnar, layout, generation } = names;
      return reply(
        asciiJson({
          shm_name: names.dictionary,
          columnar: columnar === null ? null : { shm_name: columnar, layout, generation },
        }),
      );
    },
  };
}

export function snapshotJson(snapshot: NdjsonPorts['snapshot']): string {
  return asciiJson({ epoch: snapshot.epoch, last_update_ms: snapshot.lastUpdateMs });
}

/** The answer to get_quote where the scanner's short way does not apply. */
export function quoteHandler(quoteData: (ticker: string) => string | undefined): Handler {
  return (request) => {
    const ticker = wantedTicker(request);
    const data = quoteData(ticker);
    if (data === undefined) throw new Refusal('NOT_FOUND', `Unknown ticker ${ticker}`);
    return reply(data);
  };
}

/** A number or `true` is looked for by its spelling; what is empty or no name at all is missing. */
export function wantedTicker(request: Request): string {
  const ticker = request.fields['ticker'];
  switch (typeof ticker) {
    case 'string':
      if (ticker !== '') return ticker;
      break;
    case 'number':
    case 'boolean':
      if (ticker) return String(ticker);
      break;
    default:
      break;
  }
  throw new Refusal('BAD_REQUEST', 'Missing ticker');
}
