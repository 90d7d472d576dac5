import type { HistoryService } from '../../history/service.ts';
import type { Service } from '../service.ts';

export function historyService(history: HistoryService): Service {
  return { name: 'history', start: () => history.start(), stop: () => history.stop() };
}
