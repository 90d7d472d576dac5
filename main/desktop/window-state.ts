import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Rectangle } from 'electron';
import { z } from 'zod';

const side = z.number().int().min(-100_000).max(100_000);
const stateSchema = z.object({
  bounds: z.object({
    x: side,
    y: side,
    width: z.number().int().min(480).max(20_000),
    height: z.number().int().min(360).max(20_000),
  }),
  maximized: z.boolean(),
  /** The person has been told that closing only hides the window. */
  toldAboutTray: z.boolean(),
});

export type WindowState = Omit<z.infer<typeof stateSchema>, 'bounds'> & {
  /** Null until the window has been somewhere. */
  readonly bounds: Rectangle | null;
};

const initial: WindowState = { bounds: null, maximized: false, toldAboutTray: false };
export const defaultSize = { width: 1180, height: 760 } as const;

export interface Read {
  readonly state: WindowState;
  /** Why the file could not be used, when there was one. */
  readonly problem: string | null;
}

/** Where the window was. A file that cannot be read costs the position, never the start. */
export function readWindowState(file: string): Read {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { state: initial, problem: missing ? null : (error as Error).message };
  }
  try {
    return { state: stateSchema.parse(JSON.parse(text)), problem: null };
  } catch {
    return { state: initial, problem: 'it is not the description of a window' };
  }
}

/** Written beside and renamed, so that a crash leaves the old file or the new one. */
export function writeWindowState(file: string, state: WindowState): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Where to open: where it was, unless that place is on no display any more. */
export function visibleBounds(
  bounds: Rectangle | null,
  displays: readonly Rectangle[],
): Partial<Rectangle> {
  if (bounds === null) return defaultSize;
  const grip = 100;
  const seen = displays.some(
    (area) =>
      bounds.x + bounds.width >= area.x + grip &&
      bounds.x + grip <= area.x + area.width &&
      bounds.y >= area.y &&
      bounds.y + grip <= area.y + area.height,
  );
  return seen ? bounds : { width: bounds.width, height: bounds.height };
}
