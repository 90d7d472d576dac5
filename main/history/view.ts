import type { HistoryActivity, HistoryView } from '../../shared/history.ts';
import type { Desk } from './desk.ts';
import type { Downloader } from './downloader.ts';
import type { Filler } from './filler.ts';

const shownQueue = 20;

export function viewOf(
  desk: Desk,
  filler: Filler,
  downloader: Downloader,
  loading: { readonly filesDone: number; readonly filesTotal: number } | null,
): HistoryView {
  const items = desk.queue.items();
  return {
    running: filler.running,
    paused: filler.paused,
    downloading: downloader.downloading,
    activity: loading ? { kind: 'loading', ...loading } : activityOf(filler, downloader),
    download: downloader.progress(),
    fill: filler.progress(),
    queue: {
      length: items.length,
      people: items.filter(({ wanted }) => wanted === 'person').length,
      next: items.slice(0, shownQueue).map((item) => ({
        symbol: item.symbol,
        timeframe: item.timeframe,
        from: item.from,
        to: item.to,
        wanted: item.wanted,
        attempts: item.attempts,
      })),
    },
    coverage: [...desk.coverage.values()],
    lastScan: filler.lastScan,
    nextScanAt: filler.nextScanAt,
    counts: { ...desk.counts },
    recentErrors: desk.errors,
    notices: desk.notices(),
    pacing: desk.ports.source.available() ? desk.ports.source.pacing() : null,
    watchlist: desk.watchlist,
  };
}

/** What is done comes before what is waited for, and the download's waiting before the filler's. */
function activityOf(filler: Filler, downloader: Downloader): HistoryActivity {
  if (downloader.downloading) return { kind: 'downloading' };
  const activity = filler.activity();
  const { waitingFor } = downloader;
  const atRest = ['idle', 'stopped', 'waiting'].includes(activity.kind);
  return atRest && waitingFor ? { kind: 'waiting', for: waitingFor } : activity;
}
