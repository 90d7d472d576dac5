import type { HistoryView } from '../../shared/history.ts';

/** What is shown of history before there is any, and where none is kept. */
export const noHistory: HistoryView = {
  running: false,
  paused: false,
  downloading: false,
  activity: { kind: 'stopped' },
  download: null,
  fill: null,
  queue: { length: 0, people: 0, next: [] },
  coverage: [],
  lastScan: null,
  nextScanAt: null,
  counts: {
    files: 0,
    rows: 0,
    missing: 0,
    gapsDetected: 0,
    gapsFilled: 0,
    gapsFailed: 0,
    barsFetched: 0,
    requests: 0,
    confirmedEmpty: 0,
  },
  recentErrors: [],
  notices: [],
  pacing: null,
  watchlist: [],
};
