import { feedHealth } from './feed-health.ts';
import { age, plural } from './format.ts';
import { type ServiceView, serviceTitles } from './services.ts';
import type { State } from './state.ts';

/** Worst first: the first that fits is the one shown. */
export const healthLevels = ['error', 'warning', 'working', 'paused', 'ok'] as const;
export type HealthLevel = (typeof healthLevels)[number];

export interface Health {
  readonly level: HealthLevel;
  /** One sentence that says how things are. */
  readonly headline: string;
}

/** How things are, for the window, the tray and programs that ask: all of them say the same. */
export function health(state: State, now: number): Health {
  const found = [
    serviceTrouble(state),
    sessionTrouble(state, now),
    serviceWork(state),
    closedByHand(state, now),
    lentOrPaused(state, now),
  ];
  return (
    healthLevels.flatMap((level) => found.find((one) => one?.level === level) ?? [])[0] ??
    live(state, now)
  );
}

function services(state: State): readonly ServiceView[] {
  return Object.values(state.services);
}

function serviceTrouble(state: State): Health | null {
  const failed = services(state).find(({ phase }) => phase === 'failed');
  if (failed) return { level: 'error', headline: about(failed, 'failed') };
  const retrying = services(state).find(({ phase }) => phase === 'backing-off');
  if (retrying) return { level: 'error', headline: about(retrying, 'does not start') };
  const degraded = services(state).find(({ phase }) => phase === 'degraded');
  return degraded ? { level: 'warning', headline: about(degraded, 'is not well') } : null;
}

function about(service: ServiceView, what: string): string {
  const { title } = serviceTitles[service.name];
  return `${title} ${what}${service.reason ? `: ${service.reason}` : ''}`;
}

function sessionTrouble(state: State, now: number): Health | null {
  const { connection, reservation, app } = state;
  if (app.source === 'lightweight') return null;
  if (connection.needsAttention) return { level: 'error', headline: connection.sentence };
  if (reservation.orphaned) {
    return {
      level: 'warning',
      headline: `The session is lent to ${reservation.holder}, whose connection has gone`,
    };
  }
  if (reservation.state !== 'free' || connection.scheduled) return null;
  switch (connection.phase) {
    case 'failed':
      return { level: 'error', headline: connection.sentence };
    case 'reconnecting':
    case 'connecting': {
      if (connection.failedAttempts === 0) return null;
      const wait = connection.nextRetryAt === null ? null : connection.nextRetryAt - now;
      const again = wait !== null && wait > 0 ? `, next try in ${age(wait)}` : '';
      return {
        level: 'warning',
        headline: `Not live: ${withoutStop(connection.sentence)}${again}`,
      };
    }
    case 'disconnected':
      return connection.reason === 'stopped-by-operator' || connection.reason === 'not-started'
        ? null
        : { level: 'warning', headline: `Not live: ${withoutStop(connection.sentence)}` };
    case 'connected': {
      const feeds = feedHealth(state, now);
      return feeds.level === 'ok' ? null : feeds;
    }
  }
}

function serviceWork(state: State): Health | null {
  const busy = services(state).find(({ phase }) => phase === 'starting' || phase === 'stopping');
  if (busy)
    return { level: 'working', headline: `${serviceTitles[busy.name].title} is ${busy.phase}` };
  if (state.app.source === 'lightweight' || state.reservation.state !== 'free') return null;
  const { phase, sentence, scheduled } = state.connection;
  if (scheduled) return null;
  return phase === 'connecting' || phase === 'reconnecting'
    ? { level: 'working', headline: withoutStop(sentence) }
    : null;
}

/** Which services somebody stopped, and how the rest is. */
function closedByHand(state: State, now: number): Health | null {
  const stopped = services(state).filter(({ phase }) => phase === 'stopped');
  if (stopped.length === 0) return null;
  const titles = stopped.map(({ name }) => serviceTitles[name].title).join(', ');
  const withoutSession = stopped.some(({ name }) => name === 'ibkr');
  const lent = state.reservation.state !== 'free';
  const rest =
    withoutSession && !lent ? '' : `. ${(lentOrPaused(state, now) ?? live(state, now)).headline}`;
  return { level: 'paused', headline: `Stopped by hand: ${titles}${rest}` };
}

function lentOrPaused(state: State, now: number): Health | null {
  const { reservation, connection, app } = state;
  if (reservation.state !== 'free') {
    const since = reservation.since === null ? '' : ` for ${age(now - reservation.since)}`;
    const asked = reservation.recalled ? ', asked back' : '';
    return {
      level: 'paused',
      headline: `The session is lent to ${reservation.holder}${since}${asked}`,
    };
  }
  if (app.source === 'lightweight') return null;
  if (connection.scheduled || connection.phase === 'disconnected') {
    return { level: 'paused', headline: withoutStop(connection.sentence) };
  }
  return null;
}

function live(state: State, now: number): Health {
  if (state.app.source !== 'lightweight') return feedHealth(state, now);
  const tickers = plural(Object.keys(state.tickers).length, 'ticker');
  return { level: 'ok', headline: `Lightweight: ${tickers} with random quotes, no gateway` };
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
