import { type HealthLevel, health } from '../../shared/health.ts';
import type { State } from '../../shared/state.ts';

export interface TrayState {
  /** Which of the drawn icons: shape and colour both say it. */
  readonly level: HealthLevel;
  readonly toolTip: string;
}

/** What the tray says, from the supervisor's state alone: the same words as the window's headline. */
export function trayState(state: State, now: number): TrayState {
  const { level, headline } = health(state, now);
  const trading = state.app.trading === 'live' ? 'LIVE' : 'paper';
  const source = state.app.source === 'ibkr' ? trading : state.app.source;
  // Windows cuts a tooltip at 127 characters.
  return { level, toolTip: shorten(`Gatehouse (${source}): ${headline}`, 127) };
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
