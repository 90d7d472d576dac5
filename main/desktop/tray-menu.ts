import type { CommandInput, CommandName } from '../../shared/contract.ts';
import { health } from '../../shared/health.ts';
import {
  type Phase,
  type ServiceView,
  serviceNames,
  serviceTitles,
} from '../../shared/services.ts';
import { sessionActions } from '../../shared/session-actions.ts';
import type { State } from '../../shared/state.ts';

/** What choosing an entry does. Commands go the same way as the window's. */
export type TrayAction =
  | { readonly do: 'command'; readonly name: CommandName; readonly input: unknown }
  | { readonly do: 'show' }
  | { readonly do: 'open-logs' }
  | { readonly do: 'quit' };

export type MenuEntry =
  | { readonly kind: 'line' }
  | { readonly kind: 'text'; readonly id: string; readonly label: string }
  | {
      readonly kind: 'item';
      readonly id: string;
      readonly label: string;
      readonly enabled: boolean;
      readonly action: TrayAction;
    }
  | {
      readonly kind: 'menu';
      readonly id: string;
      readonly label: string;
      readonly entries: readonly MenuEntry[];
    };

/** Everything the tray can do, since many Linux panels swallow the click on its icon. */
export function trayMenu(state: State, now: number): readonly MenuEntry[] {
  return [
    { kind: 'text', id: 'headline', label: health(state, now).headline },
    item('show', 'Open Gatehouse', true, { do: 'show' }),
    { kind: 'line' },
    ...reservationEntries(state),
    ...sessionEntries(state, now),
    { kind: 'line' },
    ...historyEntries(state),
    {
      kind: 'menu',
      id: 'services',
      label: 'Services',
      entries: serviceNames.flatMap((name) => {
        const view = state.services[name];
        return view ? [serviceEntry(view)] : [];
      }),
    },
    item('open-logs', 'Open the folder of logs', true, { do: 'open-logs' }),
    { kind: 'line' },
    item('quit', 'Stop everything and quit', true, { do: 'quit' }),
  ];
}

function reservationEntries({ reservation }: State): readonly MenuEntry[] {
  const { state, holder, recalled, orphaned } = reservation;
  const lent = state !== 'free';
  return [
    {
      kind: 'text',
      id: 'reservation',
      label: lent ? `Session lent to ${holder ?? 'a program'}` : 'Session not lent',
    },
    command('recall', 'Ask for the session back', lent && !recalled && !orphaned, {
      name: 'reservation.recall',
      input: {},
    }),
    command('release', 'Release the session', lent, {
      name: 'reservation.force-release',
      input: {},
    }),
  ];
}

/** What would do nothing is off, as in the window. */
function sessionEntries(state: State, now: number): readonly MenuEntry[] {
  if (state.app.source === 'lightweight') return [];
  const { connect, reconnect, disconnect } = sessionActions(state, now);
  const off = state.connection.phase === 'disconnected' && disconnect !== null;
  return [
    command('reconnect', 'Connect anew', reconnect === null, {
      name: 'connection.reconnect',
      input: {},
    }),
    off
      ? command('connect', 'Connect', connect === null, { name: 'connection.connect', input: {} })
      : command('disconnect', 'Disconnect', disconnect === null, {
          name: 'connection.disconnect',
          input: {},
        }),
  ];
}

function historyEntries({ history }: State): readonly MenuEntry[] {
  const { running, paused } = history;
  if (!running) return [];
  return [
    command('scan', 'Look for gaps in the history now', true, {
      name: 'history.force-scan',
      input: {},
    }),
    paused
      ? command('resume', 'Go on filling gaps', true, { name: 'history.resume', input: {} })
      : command('pause', 'Pause filling gaps', true, { name: 'history.pause', input: {} }),
    { kind: 'line' },
  ];
}

const canStart: ReadonlySet<Phase> = new Set(['stopped', 'failed', 'backing-off']);
const canStop: ReadonlySet<Phase> = new Set(['running', 'degraded', 'backing-off', 'starting']);

function serviceEntry({ name, phase }: ServiceView): MenuEntry {
  const input = { service: name };
  // The dispatcher lets nobody stop the server that a window in a browser hangs on.
  const stoppable = name !== 'http' && canStop.has(phase);
  return {
    kind: 'menu',
    id: `service-${name}`,
    label: `${serviceTitles[name].title}: ${phase}`,
    entries: [
      command(`start-${name}`, 'Start', canStart.has(phase), { name: 'service.start', input }),
      command(`stop-${name}`, 'Stop', stoppable, { name: 'service.stop', input }),
      command(`restart-${name}`, 'Restart', stoppable, {
        name: 'service.restart',
        input,
      }),
    ],
  };
}

type Call = { [N in CommandName]: { name: N; input: CommandInput<N> } }[CommandName];

function command(id: string, label: string, enabled: boolean, call: Call): MenuEntry {
  return item(id, label, enabled, { do: 'command', ...call });
}

function item(id: string, label: string, enabled: boolean, action: TrayAction): MenuEntry {
  return { kind: 'item', id, label, enabled, action };
}

/** What must be shown at once; a headline that only grew older by a second is not among it. */
export function menuShape(entries: readonly MenuEntry[]): string {
  return JSON.stringify(entries.filter((entry) => !('id' in entry && entry.id === 'headline')));
}
