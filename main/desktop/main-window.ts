import { BrowserWindow, screen, type WebContents } from 'electron';
import type { Cancel, Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { afterCrash, noCrash } from './crash-policy.ts';
import { startUrl } from './origin.ts';
import { windowOptions } from './window-options.ts';
import {
  readWindowState,
  visibleBounds,
  type WindowState,
  writeWindowState,
} from './window-state.ts';

const saveAfterMs = 500;

export interface WindowParts {
  readonly preload: string;
  readonly icon: string;
  readonly stateFile: string;
  readonly devTools: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** What closing does: hide where there is a tray to come back from, else quit. */
  closing(): 'hide' | 'quit' | 'close';
  quit(): void;
  /** Told once in the life of the data folder: closing has only hidden the window. */
  hiddenFirstTime(): void;
}

/** The one window. It may be hidden, crash and come back: the services do not notice. */
export class MainWindow {
  readonly #parts: WindowParts;
  #state: WindowState;
  #window: BrowserWindow | null = null;
  #crashes = noCrash;
  #again: Cancel = () => {};
  #saving: Cancel = () => {};
  #wanted = false;

  constructor(parts: WindowParts) {
    this.#parts = parts;
    const { state, problem } = readWindowState(parts.stateFile);
    this.#state = state;
    if (problem)
      parts.log.warn({ file: parts.stateFile }, `the window's place is lost: ${problem}`);
  }

  get contents(): WebContents | null {
    return this.#window?.webContents ?? null;
  }
  get isInFront(): boolean {
    return this.#window?.isVisible() === true && this.#window.isFocused();
  }

  /** Brings the window to the front, making it where there is none. */
  show(): void {
    this.#wanted = true;
    if (this.#window === null) {
      this.#again();
      this.#open();
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  destroy(): void {
    this.#again();
    this.#saving();
    this.#save();
    const window = this.#window;
    this.#window = null;
    window?.destroy();
  }

  #open(): void {
    const { preload, icon, devTools, log } = this.#parts;
    const bounds = visibleBounds(
      this.#state.bounds,
      screen.getAllDisplays().map(({ workArea }) => workArea),
    );
    const window = new BrowserWindow(windowOptions(preload, icon, bounds, devTools));
    this.#window = window;
    if (this.#state.maximized) window.maximize();
    window.once('ready-to-show', () => {
      if (this.#wanted && !window.isDestroyed()) window.show();
    });
    window.on('close', (event) => this.#closing(window, event));
    window.on('closed', () => {
      if (this.#window === window) this.#window = null;
    });
    for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) {
      window.on(event as 'resize', () => this.#saveSoon());
    }
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) =>
      this.#crashed(window, reason, exitCode),
    );
    window.webContents.on('unresponsive', () => log.warn({}, 'the window does not respond'));
    window.webContents.on('preload-error', (_event, _file, error) =>
      log.error({ err: error }, 'the preload failed'),
    );
    window.loadURL(startUrl).catch((error: unknown) => {
      if (!window.isDestroyed()) log.error({ err: error }, 'the window did not load');
    });
  }

  #closing(window: BrowserWindow, event: { preventDefault(): void }): void {
    this.#save();
    switch (this.#parts.closing()) {
      case 'close':
        return;
      case 'quit':
        event.preventDefault();
        this.#parts.quit();
        return;
      case 'hide':
        event.preventDefault();
        this.#wanted = false;
        window.hide();
        if (this.#state.toldAboutTray) return;
        this.#state = { ...this.#state, toldAboutTray: true };
        this.#save();
        this.#parts.hiddenFirstTime();
    }
  }

  #crashed(window: BrowserWindow, reason: string, exitCode: number): void {
    if (this.#window !== window) return;
    const { clock, log } = this.#parts;
    const { memory, waitMs } = afterCrash(this.#crashes, clock.now());
    this.#crashes = memory;
    log.error(
      { reason, exitCode, crashes: memory.crashes, againInMs: waitMs },
      'the window crashed',
    );
    this.#window = null;
    window.destroy();
    this.#again();
    this.#again = clock.after(waitMs, () => {
      if (this.#window === null) this.#open();
    });
  }

  #saveSoon(): void {
    this.#saving();
    this.#saving = this.#parts.clock.after(saveAfterMs, () => this.#save());
  }

  #save(): void {
    const window = this.#window;
    if (window && !window.isDestroyed()) {
      this.#state = {
        ...this.#state,
        bounds: window.getNormalBounds(),
        maximized: window.isMaximized(),
      };
    }
    try {
      writeWindowState(this.#parts.stateFile, this.#state);
    } catch (error) {
      this.#parts.log.warn({ err: error }, "the window's place could not be kept");
    }
  }
}
