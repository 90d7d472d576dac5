import type { Menu } from 'electron';
import type { State } from '../../shared/state.ts';

/** What the tests of the whole app read, since Electron's tray cannot be asked what it shows. */
export interface DesktopProbe {
  readonly state: State;
  /** So that a test can make a page with the real bridge where none should be. */
  readonly preload: string;
  readonly tray: {
    readonly menu: Menu | null;
    readonly toolTip: string;
    readonly image: string;
  } | null;
}

declare global {
  var gatehouseDesktop: DesktopProbe | undefined;
}

/** Only an unpacked app that was started for it shows itself. */
export function offerProbe(packaged: boolean, env: NodeJS.ProcessEnv, probe: DesktopProbe): void {
  if (!packaged && env['GATEHOUSE_DESKTOP_PROBE'] === '1') globalThis.gatehouseDesktop = probe;
}
