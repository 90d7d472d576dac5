import type { Config } from '../config/load.ts';
import type { HistoryOptions } from '../history/options.ts';
import { demoDays, demoTempo } from './demo.ts';

/** What the settings say of history, and what the demo says otherwise. */
export function historySettings(config: Config): Partial<HistoryOptions> {
  const { values } = config;
  const calendars = values['history.calendars'];
  return {
    beginTimeframes: values['history.timeframes'],
    checkIntervalMs: values['history.check_interval'] * 1_000,
    batchSize: values['history.batch_size'],
    caps: values['history.request_sessions'],
    maxAgeDays: values['history.max_age_days'],
    downloadDays: values.demo ? demoDays(config) : values['history.download_days'],
    downloadRegularHours: values.use_rth,
    fillRegularHours: values['history.fill_use_rth'],
    ...(calendars === null ? {} : { calendarsFile: calendars }),
    ...(values.demo ? { tempo: demoTempo } : {}),
  };
}
