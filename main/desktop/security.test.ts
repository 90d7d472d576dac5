import { EventEmitter } from 'node:events';
import type { App, Session, WebContents } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../kit/log.ts';
import { opened, RecordingContents } from './recording-electron.ts';

vi.mock('electron', async () => (await import('./recording-electron.ts')).recordingElectron);
const { lockPage, lockPages, lockSession } = await import('./security.ts');
const { windowOptions } = await import('./window-options.ts');

describe('the options of the window', () => {
  it('give its page no power at all, each by name', () => {
    const { webPreferences } = windowOptions('/preload.cjs', '/icon.png', {}, false);
    expect(webPreferences).toEqual({
      preload: '/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    });
  });

  it('show it only when there is something to see', () => {
    expect(windowOptions('/p', '/i', {}, false).show).toBe(false);
  });
});

type Handler = (...args: never[]) => unknown;

class RecordingSession extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  readonly webRequest = {
    onBeforeRequest: (handler: Handler) => void this.handlers.set('request', handler),
  };
  setPermissionRequestHandler = (handler: Handler) => void this.handlers.set('ask', handler);
  setPermissionCheckHandler = (handler: Handler) => void this.handlers.set('check', handler);
  setDevicePermissionHandler = (handler: Handler) => void this.handlers.set('device', handler);
  setSpellCheckerEnabled = (on: boolean) => void this.handlers.set('spelling', () => on);

  call(name: string, ...args: unknown[]): unknown {
    return (this.handlers.get(name) as (...args: unknown[]) => unknown)(...args);
  }
}

describe('the session', () => {
  let session: RecordingSession;
  beforeEach(() => {
    session = new RecordingSession();
    lockSession(session as unknown as Session, silentLog);
  });

  const cancelled = (url: string): boolean => {
    let cancel = false;
    session.call('request', { url }, (answer: { cancel: boolean }) => {
      cancel = answer.cancel;
    });
    return cancel;
  };

  it('fetches the window’s own files and nothing else', () => {
    expect(cancelled('app://gatehouse/index.html')).toBe(false);
    for (const url of [
      'https://example.com/',
      'http://127.0.0.1:8000/',
      'ws://127.0.0.1:8000/ws',
      'file:///etc/passwd',
      'app://gatehouse.evil/',
      'app://evil/index.html',
      'chrome://settings/',
      'devtools://devtools/bundled/x.js',
      'blob:app://gatehouse/1',
      'data:text/plain,x',
    ]) {
      expect(cancelled(url), url).toBe(true);
    }
  });

  it('permits writing to the clipboard to the window and nothing to anybody else', () => {
    const asked = (permission: string, requestingUrl: string) => {
      let granted = false;
      session.call('ask', null, permission, (answer: boolean) => (granted = answer), {
        requestingUrl,
      });
      const checked = session.call(
        'check',
        null,
        permission,
        new URL(requestingUrl).href.replace(/\/$/, ''),
      );
      expect(checked).toBe(granted);
      return granted;
    };
    expect(asked('clipboard-sanitized-write', 'app://gatehouse/')).toBe(true);
    expect(asked('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
    for (const permission of [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'midi',
      'midiSysex',
      'pointerLock',
      'fullscreen',
      'openExternal',
      'hid',
      'serial',
      'usb',
      'display-capture',
      'fileSystem',
      'unknown',
    ]) {
      expect(asked(permission, 'app://gatehouse/'), permission).toBe(false);
    }
  });

  it('knows no devices, no downloads and no dictionary', () => {
    expect(session.call('device')).toBe(false);
    expect(session.call('spelling')).toBe(false);
    const event = { preventDefault: vi.fn() };
    session.emit('will-download', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
  });
});

describe('a page', () => {
  it('stays where it is, in whatever way it is moved', () => {
    const contents = new RecordingContents();
    lockPage(contents as unknown as WebContents, silentLog);
    const ways = ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'];
    for (const way of ways) {
      const event = { url: 'https://evil.example/', preventDefault: vi.fn() };
      contents.emit(way, event);
      expect(event.preventDefault, way).toHaveBeenCalled();
    }
  });

  it('opens no window, and in the browser only the exact addresses of the list', () => {
    const contents = new RecordingContents();
    lockPage(contents as unknown as WebContents, silentLog);
    opened.length = 0;
    for (const url of [
      'https://github.com/gatehouse-app/gatehouse',
      'https://github.com/gatehouse-app/gatehouse/../../evil',
      'https://github.com/gatehouse-app/gatehouse?x',
      'https://github.com.evil.example/gatehouse-app/gatehouse',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'ms-settings:',
    ]) {
      expect(contents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
    expect(opened).toEqual(['https://github.com/gatehouse-app/gatehouse']);
  });

  it('is locked as soon as it exists', () => {
    const app = new EventEmitter();
    const contents = new RecordingContents();
    lockPages(app as unknown as App, silentLog);
    app.emit('web-contents-created', {}, contents);
    expect(contents.openHandler).not.toBeNull();
    expect(contents.listenerCount('will-navigate')).toBe(1);
  });
});
