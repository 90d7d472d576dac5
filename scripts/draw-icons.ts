// Draws every icon anew: `npx tsx scripts/draw-icons.ts`. A test fails when this was forgotten.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drawnFiles } from './icons/files.ts';

const root = path.resolve(import.meta.dirname, '..');
for (const [name, bytes] of drawnFiles()) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  console.log(`${name}  ${bytes.length} bytes`);
}
