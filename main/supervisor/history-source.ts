import type { HistorySource } from '../history/ports.ts';
import type { IbkrService } from '../ibkr/ports.ts';

/** The session as history sees it. */
export function historySource(ibkr: IbkrService): HistorySource {
  return {
    available: () => ibkr.isOpen(),
    request: (request) => ibkr.historical(request),
    async schedule(symbol, useRth) {
      const answer = await ibkr.schedule(symbol, { duration: '1 Y', useRth });
      return answer.ok ? { ...answer.value, ok: true } : answer;
    },
    async contractHours(symbol) {
      const answer = await ibkr.contractDetails(symbol);
      return answer.ok ? { ...answer.value, ok: true } : answer;
    },
    pacing() {
      const { used, limit, pausedUntil } = ibkr.pacing();
      // What is asked during the pause after a violation would only wait in the queue.
      const left = pausedUntil === null ? Math.max(0, limit - used) : 0;
      return { left, total: limit };
    },
  };
}
