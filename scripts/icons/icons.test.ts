import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { themes, trayStates } from './drawing.ts';
import { drawnFiles, drawnPngs } from './files.ts';
import { decodePng, encodePng } from './png.ts';
import type { Bitmap } from './raster.ts';

const root = path.resolve(import.meta.dirname, '../..');
const pngs = drawnPngs();
const files = drawnFiles(pngs);

function drawn(name: string): Bitmap {
  const bitmap = pngs.get(`resources/tray/${name}.png`);
  if (!bitmap) throw new Error(`no ${name}`);
  return bitmap;
}

/** How much of the outlines of two images differ, from 0 to 1 of the larger one. */
function outlineDifference(a: Bitmap, b: Bitmap): number {
  let different = 0;
  let larger = 0;
  for (let i = 3; i < a.rgba.length; i += 4) {
    const [p, q] = [a.rgba[i] as number, b.rgba[i] as number];
    different += Math.abs(p - q);
    larger += Math.max(p, q);
  }
  return different / larger;
}

describe('the drawn icons', () => {
  it('are the ones in the repository, pixel for pixel', () => {
    for (const [name, bitmap] of pngs) {
      const onDisk = decodePng(readFileSync(path.join(root, name)));
      expect(Buffer.from(onDisk.rgba).equals(bitmap.rgba), `${name} is out of date`).toBe(true);
    }
  });

  it('are all there, and nothing else is', () => {
    const expected = [...files.keys()].filter((name) => name.startsWith('resources/tray/'));
    const onDisk = readdirSync(path.join(root, 'resources/tray')).map((f) => `resources/tray/${f}`);
    expect(onDisk.sort()).toEqual(expected.sort());
  });

  it.each(themes)('tell the states apart by outline alone in the %s theme', (theme) => {
    const name = (state: string) =>
      theme === 'template' ? `${state}Template` : `${state}-${theme}`;
    for (const a of trayStates) {
      for (const b of trayStates) {
        if (a >= b) continue;
        // In the template even the lit arch is an outline; elsewhere it is filled.
        const difference = outlineDifference(drawn(name(a)), drawn(name(b)));
        expect(difference, `${a} against ${b}`).toBeGreaterThan(0.05);
      }
    }
  });

  it('have a colour of their own for every state', () => {
    for (const theme of ['light', 'dark'] as const) {
      const colours = trayStates.map((state) => mostVivid(drawn(`${state}-${theme}@2x`)));
      expect(new Set(colours).size).toBe(trayStates.length);
    }
  });

  it('are black in the template, since macOS reads only its opacity', () => {
    for (const state of trayStates) {
      const { rgba } = drawn(`${state}Template`);
      expect(rgba.every((value, i) => i % 4 === 3 || value === 0)).toBe(true);
    }
  });

  it('hold every size Windows asks for', () => {
    const ico = files.get('resources/tray/ok-light.ico') as Buffer;
    const count = ico.readUInt16LE(4);
    const sizes = Array.from({ length: count }, (_, i) => ico.readUInt8(6 + 16 * i));
    expect(sizes).toEqual([16, 20, 24, 32, 48]);
    for (let i = 0; i < count; i++) {
      const start = ico.readUInt32LE(6 + 16 * i + 12);
      const image = ico.subarray(start, start + ico.readUInt32LE(6 + 16 * i + 8));
      expect(decodePng(image).size).toBe(sizes[i]);
    }
  });
});

describe('the PNG writer', () => {
  it('writes what its reader reads', () => {
    const rgba = Uint8Array.from({ length: 5 * 5 * 4 }, (_, i) => (i * 37) % 256);
    const back = decodePng(encodePng({ size: 5, rgba }));
    expect([...back.rgba]).toEqual([...rgba]);
  });

  it('protects its chunks by checksums', () => {
    const png = encodePng({ size: 2, rgba: new Uint8Array(16) });
    png[45] = (png[45] as number) ^ 1;
    expect(() => decodePng(png)).toThrow();
  });
});

function mostVivid({ rgba }: Bitmap): string {
  let best = '';
  let most = -1;
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i + 3] !== 255) continue;
    const colour = [...rgba.subarray(i, i + 3)];
    const spread = Math.max(...colour) - Math.min(...colour);
    if (spread > most) [most, best] = [spread, colour.join()];
  }
  return best;
}
