import { contains, type Role, type Shape } from './shapes.ts';

/** Straight (not premultiplied) RGBA, row by row. */
export interface Bitmap {
  readonly size: number;
  readonly rgba: Uint8Array;
}

export type Palette = Readonly<Record<Role, readonly [number, number, number]>>;

const canvas = 32;

export function rasterize(shapes: readonly Shape[], size: number, palette: Palette): Bitmap {
  const rgba = new Uint8Array(size * size * 4);
  // Samples along each side of a pixel: a large image has pixels small enough to need few.
  const fine = size > 64 ? 3 : 8;
  const step = canvas / size / fine;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const sum = [0, 0, 0];
      let hits = 0;
      for (let i = 0; i < fine * fine; i++) {
        const x = (column * fine + (i % fine) + 0.5) * step;
        const y = (row * fine + Math.floor(i / fine) + 0.5) * step;
        const role = topmost(shapes, x, y);
        if (role === undefined) continue;
        hits++;
        for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + (palette[role][c] as number);
      }
      const at = (row * size + column) * 4;
      for (let c = 0; c < 3; c++) {
        rgba[at + c] = hits === 0 ? 0 : Math.round((sum[c] as number) / hits);
      }
      rgba[at + 3] = Math.round((hits * 255) / (fine * fine));
    }
  }
  return { size, rgba };
}

function topmost(shapes: readonly Shape[], x: number, y: number): Role | undefined {
  const hit = shapes.findLast((shape) => contains(shape, x, y));
  return hit === undefined || hit.paint === 'erase' ? undefined : hit.paint;
}
