import { Menu, type MenuItemConstructorOptions, nativeImage, nativeTheme, Tray } from 'electron';
import { health } from '../../shared/health.ts';
import type { State } from '../../shared/state.ts';
import { type Cancel, type Clock, every } from '../kit/clock.ts';
import { darkPanel, trayImage } from './tray-image.ts';
import { type MenuEntry, menuShape, type TrayAction, trayMenu } from './tray-menu.ts';
import { trayState } from './tray-state.ts';

/** Setting a menu closes the one that is open, so words that only grow older change this seldom. */
const wordsMs = 5_000;

export interface TrayParts {
  readonly imageFolder: string;
  readonly clock: Clock;
  act(action: TrayAction): void;
}

/** The icon, its tooltip and its menu. Throws where the desktop has no tray. */
export class StatusTray {
  readonly #parts: TrayParts;
  readonly #tray: Tray;
  #image = '';
  #shape = '';
  #headline = '';
  #menu: Menu | null = null;
  #toolTip = '';
  #state: State;
  readonly #stop: Cancel;

  constructor(state: State, parts: TrayParts) {
    this.#parts = parts;
    this.#state = state;
    this.#image = this.#imageFor(state);
    this.#tray = new Tray(nativeImage.createFromPath(this.#image));
    this.#tray.on('click', () => parts.act({ do: 'show' }));
    nativeTheme.on('updated', this.#themeChanged);
    this.#show(state);
    this.#stop = every(parts.clock, wordsMs, () => this.#refreshWords());
  }

  /** Electron's tray can be asked neither for its menu nor for its words, so they are kept. */
  get menu(): Menu | null {
    return this.#menu;
  }
  get toolTip(): string {
    return this.#toolTip;
  }
  get image(): string {
    return this.#image;
  }

  update(state: State): void {
    this.#state = state;
    const image = this.#imageFor(state);
    const shape = menuShape(trayMenu(state, this.#parts.clock.now()));
    if (image !== this.#image) {
      this.#image = image;
      this.#tray.setImage(nativeImage.createFromPath(image));
      this.#show(state);
    } else if (shape !== this.#shape) {
      this.#show(state);
    }
  }

  destroy(): void {
    this.#stop();
    nativeTheme.off('updated', this.#themeChanged);
    this.#tray.destroy();
  }

  readonly #themeChanged = (): void => this.update(this.#state);

  #refreshWords(): void {
    const { headline } = health(this.#state, this.#parts.clock.now());
    if (headline !== this.#headline) this.#show(this.#state);
  }

  #show(state: State): void {
    const now = this.#parts.clock.now();
    const entries = trayMenu(state, now);
    const { toolTip } = trayState(state, now);
    this.#shape = menuShape(entries);
    this.#headline = health(state, now).headline;
    if (toolTip !== this.#toolTip) {
      this.#toolTip = toolTip;
      this.#tray.setToolTip(toolTip);
    }
    this.#menu = Menu.buildFromTemplate(entries.map((entry) => this.#template(entry)));
    this.#tray.setContextMenu(this.#menu);
  }

  #imageFor(state: State): string {
    const { level } = trayState(state, this.#parts.clock.now());
    const { platform } = process;
    const dark = darkPanel(platform, nativeTheme.shouldUseDarkColors);
    return trayImage(this.#parts.imageFolder, level, platform, dark);
  }

  #template(entry: MenuEntry): MenuItemConstructorOptions {
    switch (entry.kind) {
      case 'line':
        return { type: 'separator' };
      case 'text':
        return { id: entry.id, label: entry.label, enabled: false };
      case 'item':
        return {
          id: entry.id,
          label: entry.label,
          enabled: entry.enabled,
          click: () => this.#parts.act(entry.action),
        };
      case 'menu':
        return {
          id: entry.id,
          label: entry.label,
          submenu: entry.entries.map((inner) => this.#template(inner)),
        };
    }
  }
}
