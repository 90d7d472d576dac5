/** A drawing in SVG's words, on a canvas of 32 by 32 units. Later shapes lie over earlier ones. */
export type Shape = Geometry & {
  /** What the shape does to what lies beneath it: the hole around a badge keeps it legible. */
  readonly paint: Paint;
};

export type Geometry =
  | { readonly kind: 'circle'; readonly cx: number; readonly cy: number; readonly r: number }
  | {
      readonly kind: 'arc';
      readonly cx: number;
      readonly cy: number;
      readonly r: number;
      readonly width: number;
      /** Degrees, clockwise from three o'clock. */
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly rx?: number;
    }
  | { readonly kind: 'polygon'; readonly points: readonly (readonly [number, number])[] };

export type Paint = Role | 'erase';

/** Named by meaning; each theme gives the names a colour. */
export type Role = 'glyph' | 'lit' | 'paused' | 'working' | 'warning' | 'error' | 'mark';

export function contains(shape: Geometry, x: number, y: number): boolean {
  switch (shape.kind) {
    case 'circle':
      return Math.hypot(x - shape.cx, y - shape.cy) <= shape.r;
    case 'arc':
      return insideArc(shape, x, y);
    case 'rect':
      return insideRect(shape, x, y);
    case 'polygon':
      return insidePolygon(shape.points, x, y);
  }
}

function insideArc(arc: Extract<Geometry, { kind: 'arc' }>, x: number, y: number): boolean {
  const distance = Math.hypot(x - arc.cx, y - arc.cy);
  if (Math.abs(distance - arc.r) > arc.width / 2) return false;
  const angle = (Math.atan2(y - arc.cy, x - arc.cx) * 180) / Math.PI;
  return (angle - arc.from + 720) % 360 <= (arc.to - arc.from + 720) % 360;
}

function insideRect(rect: Extract<Geometry, { kind: 'rect' }>, x: number, y: number): boolean {
  const rx = rect.rx ?? 0;
  const dx = Math.max(rect.x + rx - x, 0, x - (rect.x + rect.width - rx));
  const dy = Math.max(rect.y + rx - y, 0, y - (rect.y + rect.height - rx));
  return rx === 0 ? dx === 0 && dy === 0 : Math.hypot(dx, dy) <= rx;
}

function insidePolygon(
  points: readonly (readonly [number, number])[],
  x: number,
  y: number,
): boolean {
  let inside = false;
  let [px, py] = points.at(-1) ?? [0, 0];
  for (const [qx, qy] of points) {
    if (qy > y !== py > y && x < ((px - qx) * (y - qy)) / (py - qy) + qx) inside = !inside;
    [px, py] = [qx, qy];
  }
  return inside;
}
