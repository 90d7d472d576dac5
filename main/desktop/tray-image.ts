import path from 'node:path';
import type { HealthLevel } from '../../shared/health.ts';

/** The file for a state: macOS colours a template itself, Windows wants every size in one file. */
export function trayImage(
  folder: string,
  level: HealthLevel,
  platform: NodeJS.Platform,
  darkPanel: boolean,
): string {
  if (platform === 'darwin') return path.join(folder, `${level}Template.png`);
  const theme = darkPanel ? 'dark' : 'light';
  return path.join(folder, `${level}-${theme}.${platform === 'win32' ? 'ico' : 'png'}`);
}

/** Most Linux panels are dark whatever the theme of the windows is. */
export function darkPanel(platform: NodeJS.Platform, darkTheme: boolean): boolean {
  return platform === 'linux' ? true : darkTheme;
}
