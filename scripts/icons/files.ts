import { appPalette, drawApp, drawTray, palettes, themes, trayStates } from './drawing.ts';
import { encodeIco } from './ico.ts';
import { encodePng } from './png.ts';
import { type Bitmap, rasterize } from './raster.ts';

/** Every image that is drawn, by its path from the root of the repository. */
export function drawnFiles(pngs = drawnPngs()): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const [path, bitmap] of pngs) files.set(path, encodePng(bitmap));
  for (const state of trayStates) {
    for (const theme of ['light', 'dark'] as const) {
      const images = [16, 20, 24, 32, 48].map((size) => ({
        size,
        png: encodePng(rasterize(drawTray(state, theme), size, palettes[theme])),
      }));
      files.set(`resources/tray/${state}-${theme}.ico`, encodeIco(images));
    }
  }
  return files;
}

export function drawnPngs(): ReadonlyMap<string, Bitmap> {
  const bitmaps = new Map<string, Bitmap>();
  for (const state of trayStates) {
    for (const theme of themes) {
      // AppKit knows a template by the end of its name.
      const name = theme === 'template' ? `${state}Template` : `${state}-${theme}`;
      for (const [suffix, size] of [
        ['', 16],
        ['@2x', 32],
      ] as const) {
        const bitmap = rasterize(drawTray(state, theme), size, palettes[theme]);
        bitmaps.set(`resources/tray/${name}${suffix}.png`, bitmap);
      }
    }
  }
  bitmaps.set('build/icon.png', rasterize(drawApp(), 512, appPalette));
  bitmaps.set('resources/icon.png', rasterize(drawApp(), 128, appPalette));
  return bitmaps;
}
