import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { healthLevels } from '../../shared/health.ts';
import { darkPanel, trayImage } from './tray-image.ts';

const folder = path.resolve(import.meta.dirname, '../../resources/tray');

describe('the images of the tray', () => {
  it('are there for every state, system and theme', () => {
    for (const level of healthLevels) {
      for (const platform of ['linux', 'darwin', 'win32'] as const) {
        for (const dark of [true, false]) {
          const file = trayImage(folder, level, platform, dark);
          expect(existsSync(file), file).toBe(true);
        }
      }
    }
  });

  it('come in twice the size where the system looks for it', () => {
    for (const platform of ['linux', 'darwin'] as const) {
      const file = trayImage(folder, 'ok', platform, true).replace('.png', '@2x.png');
      expect(existsSync(file), file).toBe(true);
    }
  });

  it('are light on the panels of Linux, whatever the theme of its windows', () => {
    expect(darkPanel('linux', false)).toBe(true);
    expect(darkPanel('win32', false)).toBe(false);
    expect(darkPanel('win32', true)).toBe(true);
  });
});
