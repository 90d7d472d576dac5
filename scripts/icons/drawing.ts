import type { Palette } from './raster.ts';
import type { Paint, Role, Shape } from './shapes.ts';

/**
 * The one source of every icon: a gatehouse whose arch is lit while all is well. In any other state
 * the arch is dark and a badge says which, by its outline first and its colour second.
 */
export const trayStates = ['ok', 'paused', 'working', 'warning', 'error'] as const;
export type DrawnState = (typeof trayStates)[number];

export const themes = ['light', 'dark', 'template'] as const;
export type Theme = (typeof themes)[number];

export function drawTray(state: DrawnState, theme: Theme): readonly Shape[] {
  const shapes =
    state === 'ok' ? [...tower, arch('lit')] : [...tower, arch('erase'), ...badges[state]];
  // A template has opacity only: what would be another colour on top must be a hole.
  return theme === 'template' ? repaint(shapes, { mark: 'erase', lit: 'erase' }) : shapes;
}

/** The app's own icon: the same gatehouse on a tile. */
export function drawApp(): readonly Shape[] {
  const gatehouse = repaint([...tower, arch('lit')], { erase: 'mark' }).map(shrink);
  return [{ kind: 'rect', x: 1, y: 1, width: 30, height: 30, rx: 7, paint: 'mark' }, ...gatehouse];
}

function repaint(shapes: readonly Shape[], change: Partial<Record<Paint, Paint>>): Shape[] {
  return shapes.map((shape) => ({ ...shape, paint: change[shape.paint] ?? shape.paint }));
}

const tower: readonly Shape[] = [
  { kind: 'rect', x: 4, y: 9, width: 24, height: 21, paint: 'glyph' },
  { kind: 'rect', x: 2, y: 2, width: 28, height: 9, paint: 'glyph' },
  { kind: 'rect', x: 8, y: 1, width: 4, height: 5, paint: 'erase' },
  { kind: 'rect', x: 20, y: 1, width: 4, height: 5, paint: 'erase' },
];

function arch(paint: 'lit' | 'erase'): Shape {
  return {
    kind: 'polygon',
    points: [[10, 31], [10, 21], ...curve(16, 21, 6), [22, 21], [22, 31]],
    paint,
  };
}

/** The upper half of a circle, from left to right. */
function curve(cx: number, cy: number, r: number): [number, number][] {
  return Array.from({ length: 13 }, (_, i) => {
    const angle = Math.PI * (1 + i / 12);
    return [cx + r * Math.cos(angle), cy + r * Math.sin(angle)];
  });
}

const badges: Readonly<Record<Exclude<DrawnState, 'ok'>, readonly Shape[]>> = {
  paused: [
    { kind: 'rect', x: 14, y: 12, width: 18, height: 20, paint: 'erase' },
    { kind: 'rect', x: 16, y: 14, width: 6, height: 18, paint: 'paused' },
    { kind: 'rect', x: 26, y: 14, width: 6, height: 18, paint: 'paused' },
  ],
  working: [
    { kind: 'circle', cx: 22, cy: 22, r: 12, paint: 'erase' },
    { kind: 'arc', cx: 22, cy: 22, r: 7.5, width: 4.5, from: -20, to: 260, paint: 'working' },
    {
      kind: 'polygon',
      points: [
        [31.5, 12],
        [31.5, 22],
        [22.5, 19.5],
      ],
      paint: 'working',
    },
  ],
  warning: [
    {
      kind: 'polygon',
      points: [
        [21, 8],
        [34, 34],
        [8, 34],
      ],
      paint: 'erase',
    },
    {
      kind: 'polygon',
      points: [
        [21, 13],
        [31.5, 32],
        [10.5, 32],
      ],
      paint: 'warning',
    },
    { kind: 'rect', x: 19.5, y: 19, width: 3, height: 6, paint: 'mark' },
    { kind: 'rect', x: 19.5, y: 27, width: 3, height: 3, paint: 'mark' },
  ],
  error: [
    { kind: 'circle', cx: 22, cy: 22, r: 12, paint: 'erase' },
    { kind: 'circle', cx: 22, cy: 22, r: 10, paint: 'error' },
    { kind: 'polygon', points: bar(22, 22, 45), paint: 'mark' },
    { kind: 'polygon', points: bar(22, 22, -45), paint: 'mark' },
  ],
};

function bar(cx: number, cy: number, degrees: number): [number, number][] {
  const angle = (degrees * Math.PI) / 180;
  const corners: [number, number][] = [
    [-6, -1.6],
    [6, -1.6],
    [6, 1.6],
    [-6, 1.6],
  ];
  return corners.map(([x, y]) => [
    cx + x * Math.cos(angle) - y * Math.sin(angle),
    cy + x * Math.sin(angle) + y * Math.cos(angle),
  ]);
}

function shrink(shape: Shape): Shape {
  const s = (n: number) => 16 + (n - 16) * 0.62;
  const l = (n: number) => n * 0.62;
  switch (shape.kind) {
    case 'circle':
      return { ...shape, cx: s(shape.cx), cy: s(shape.cy), r: l(shape.r) };
    case 'arc':
      return { ...shape, cx: s(shape.cx), cy: s(shape.cy), r: l(shape.r), width: l(shape.width) };
    case 'rect':
      return {
        ...shape,
        x: s(shape.x),
        y: s(shape.y),
        width: l(shape.width),
        height: l(shape.height),
        rx: l(shape.rx ?? 0),
      };
    case 'polygon':
      return { ...shape, points: shape.points.map(([x, y]) => [s(x), s(y)] as const) };
  }
}

const badgeColours = {
  lit: [255, 190, 60],
  paused: [120, 132, 150],
  working: [45, 140, 235],
  warning: [245, 166, 35],
  error: [220, 50, 47],
} as const;

export const palettes: Readonly<Record<Theme, Palette>> = {
  /** For a light panel: a dark tower. */
  light: {
    ...badgeColours,
    glyph: [42, 47, 58],
    lit: [22, 150, 90],
    mark: [255, 255, 255],
    warning: [214, 130, 0],
  },
  /** For a dark panel: a light tower. */
  dark: {
    ...badgeColours,
    glyph: [236, 239, 244],
    lit: [63, 207, 142],
    mark: [20, 22, 28],
    paused: [176, 186, 202],
    error: [255, 92, 88],
  },
  /** macOS takes only the opacity of a template and colours it itself. */
  template: template(),
};

export const appPalette: Palette = {
  ...badgeColours,
  glyph: [233, 237, 244],
  mark: [31, 41, 62],
};

function template(): Palette {
  const roles: Role[] = ['glyph', 'lit', 'paused', 'working', 'warning', 'error', 'mark'];
  return Object.fromEntries(roles.map((role) => [role, [0, 0, 0]])) as unknown as Palette;
}
