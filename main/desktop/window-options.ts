import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';

/** The options of the one window. Each of the page's powers is named, even where it is the default. */
export function windowOptions(
  preload: string,
  icon: string,
  bounds: Partial<Rectangle>,
  devTools: boolean,
): BrowserWindowConstructorOptions {
  return {
    title: 'Gatehouse',
    icon,
    ...bounds,
    minWidth: 480,
    minHeight: 360,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
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
      devTools,
    },
  };
}
