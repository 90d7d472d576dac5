import type { SegmentStore } from './ports.ts';

/** Stands where the segments would when shared memory is switched off. */
export const noSegments: SegmentStore = {
  start: async () => {},
  stop: async () => {},
  begin() {},
  putDaily() {},
  putDailyBar() {},
  mergeRows() {},
  makeRoom() {},
  replaceRows() {},
  settle() {},
  end() {},
  batchMs: () => 100,
  names: () => null,
  status: () => ({ phase: 'off' }),
  onStatus: () => () => {},
  onLost: () => () => {},
};
