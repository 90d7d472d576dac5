import path from 'node:path';
import {
  app,
  ipcMain,
  Menu,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  session,
  shell,
} from 'electron';
import { health } from '../../shared/health.ts';
import type { State } from '../../shared/state.ts';
import { systemClock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import type { Host } from '../supervisor/host.ts';
import { listening } from './listening.ts';
import { MainWindow } from './main-window.ts';
import { Notifications } from './notifications.ts';
import { scheme } from './origin.ts';
import type { Places } from './places.ts';
import { followPower, StayAwake } from './power.ts';
import { offerProbe } from './probe.ts';
import { Quit } from './quit.ts';
import { lockPages, lockSession } from './security.ts';
import { StatusTray } from './tray.ts';
import type { TrayAction } from './tray-menu.ts';
import { startUpdater } from './updater.ts';
import { windowFiles } from './window-files.ts';
import { WindowLink } from './window-link.ts';

/** A start still under way when the person quits is waited for so long; the rest is for the stop. */
const startPatienceMs = 3_000;

/** Joins the services with the window, the tray and the system around them. */
export class Desktop {
  readonly #host: Host;
  readonly #log: Log;
  readonly #window: MainWindow;
  readonly #link: WindowLink;
  readonly #quit: Quit;
  readonly #notifications: Notifications;
  readonly #awake = new StayAwake(powerSaveBlocker);
  #tray: StatusTray | null = null;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(host: Host, places: Places) {
    this.#host = host;
    this.#log = host.logs.for('desktop');
    const { gatehouse } = host;
    const log = this.#log;
    lockSession(session.defaultSession, log);
    lockPages(app, log);
    protocol.handle(scheme, windowFiles(places.windowFolder));
    this.#quit = new Quit(
      { stop: () => this.#stop(), exit: (code) => app.exit(code) },
      systemClock,
      log,
    );
    app.on('before-quit', (event) => {
      event.preventDefault();
      this.#quit.begin();
    });
    this.#notifications = new Notifications(() => this.show());
    this.#window = new MainWindow({
      preload: places.preload,
      icon: places.icon,
      stateFile: path.join(host.config.dataDir, 'window.json'),
      devTools: !app.isPackaged,
      clock: systemClock,
      log,
      closing: () => (this.#quit.begun ? 'close' : this.#tray ? 'hide' : 'quit'),
      quit: () => app.quit(),
      hiddenFirstTime: () =>
        this.#notifications.tell({
          title: 'Gatehouse goes on in the tray',
          body: 'Closing the window stops nothing. Quit from the menu of the icon.',
          urgency: 'normal',
        }),
    });
    this.#link = new WindowLink(
      ipcMain,
      {
        snapshot: () => gatehouse.store.snapshot(),
        subscribe: (listener) => gatehouse.store.subscribe(listener),
        dispatch: gatehouse.dispatch,
        window: () => this.#window.contents,
      },
      systemClock,
      log,
    );
    this.#makeTray(places.trayImages);
    this.#offerProbe(places.preload);
  }

  show(): void {
    if (!this.#quit.begun) this.#window.show();
  }

  /** The window comes first: whatever happens to the services is then seen in it. */
  async start(): Promise<void> {
    if (this.#quit.begun) return;
    Menu.setApplicationMenu(process.platform === 'darwin' ? macMenu() : null);
    this.show();
    const { gatehouse, logs } = this.#host;
    gatehouse.store.subscribe(() => this.#changed(gatehouse.store.state));
    followPower(
      powerMonitor,
      {
        sleeps: () => gatehouse.store.flush(),
        wakes: () => gatehouse.wake(),
        ends: () => app.quit(),
      },
      this.#log,
    );
    const starting = gatehouse.start();
    this.#starting = starting;
    for (const { service, error } of await starting) {
      logs.root.error({ service, err: error }, 'the service did not start; the window shows why');
    }
    await listening(gatehouse.store);
    if (this.#quit.begun) return;
    process.stdout.write(`${JSON.stringify(gatehouse.readyLine())}\n`);
    await this.#startUpdater();
  }

  #changed(state: State): void {
    this.#tray?.update(state);
    this.#awake.set(state.connection.phase === 'connected');
    const now = systemClock.now();
    this.#notifications.health(health(state, now), now, this.#window.isInFront);
  }

  #makeTray(imageFolder: string): void {
    const { state } = this.#host.gatehouse.store;
    try {
      this.#tray = new StatusTray(state, {
        imageFolder,
        clock: systemClock,
        act: (action) => this.#act(action),
      });
    } catch (error) {
      this.#log.warn({ err: error }, 'there is no tray: closing the window will quit');
    }
  }

  #act(action: TrayAction): void {
    switch (action.do) {
      case 'show':
        this.show();
        return;
      case 'open-logs':
        void shell.openPath(path.join(this.#host.config.dataDir, 'logs'));
        return;
      case 'quit':
        app.quit();
        return;
      case 'command':
        void this.#host.gatehouse.dispatch(action.name, action.input, 'tray').then((result) => {
          if (result.ok) return;
          const { message, advice } = result.error;
          const body = advice ? `${message} ${advice}` : message;
          this.#notifications.tell({ title: 'That did not work', body, urgency: 'normal' });
        });
    }
  }

  async #stop(): Promise<void> {
    this.#link.close();
    this.#window.destroy();
    this.#awake.set(false);
    // What is still starting would otherwise come up behind the stop.
    await settledWithin(this.#starting, startPatienceMs);
    await this.#host.stop();
    this.#tray?.destroy();
  }

  async #startUpdater(): Promise<void> {
    const { resourcesPath } = process as { resourcesPath?: string };
    await startUpdater({
      packaged: app.isPackaged,
      resources: resourcesPath ?? '',
      log: this.#log,
      load: async () => (await import('electron-updater')).default.autoUpdater,
      ready: (version) =>
        this.#notifications.tell({
          title: `Gatehouse ${version} is ready`,
          body: 'It is installed when you quit; nothing is restarted before.',
          urgency: 'normal',
        }),
    });
  }

  #offerProbe(preload: string): void {
    const { store } = this.#host.gatehouse;
    const tray = this.#tray;
    offerProbe(app.isPackaged, process.env, {
      tray,
      preload,
      get state() {
        return store.state;
      },
    });
  }
}

function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((done) => {
    const cancel = systemClock.after(ms, done);
    const settled = () => {
      cancel();
      done();
    };
    work.then(settled, settled);
  });
}

/** Without it, macOS knows no way to copy, paste or quit by keyboard. */
function macMenu(): Menu {
  return Menu.buildFromTemplate([
    { role: 'appMenu' },
    { role: 'editMenu' },
    { role: 'windowMenu' },
  ]);
}
