import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/** Stands for `electron` in unit tests: writes down what it is given, does nothing. */
export class RecordingContents extends EventEmitter {
  openHandler: ((details: { url: string }) => unknown) | null = null;
  loaded: string[] = [];
  setWindowOpenHandler(handler: (details: { url: string }) => unknown) {
    this.openHandler = handler;
  }
}

export class RecordingWindow extends EventEmitter {
  static readonly made: RecordingWindow[] = [];
  readonly options: Record<string, unknown>;
  readonly webContents = new RecordingContents();
  visible = false;
  destroyed = false;

  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    RecordingWindow.made.push(this);
  }
  async loadURL(url: string) {
    this.webContents.loaded.push(url);
  }
  show() {
    this.visible = true;
  }
  hide() {
    this.visible = false;
  }
  focus() {}
  restore() {}
  maximize() {}
  destroy() {
    this.destroyed = true;
    this.emit('closed');
  }
  isDestroyed() {
    return this.destroyed;
  }
  isVisible() {
    return this.visible;
  }
  isFocused() {
    return this.visible;
  }
  isMinimized() {
    return false;
  }
  isMaximized() {
    return false;
  }
  getNormalBounds() {
    return { x: 1, y: 2, width: 900, height: 600 };
  }
}

export const opened: string[] = [];

export const recordingElectron = {
  BrowserWindow: RecordingWindow,
  screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }] },
  shell: { openExternal: vi.fn(async (url: string) => void opened.push(url)) },
};
