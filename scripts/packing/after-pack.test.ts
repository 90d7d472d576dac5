import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPieces } from '../after-pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const pieces = [
  'package.json',
  'LICENSE',
  'out/main/index.js',
  'out/main/cli.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
];
let base = '';
beforeAll(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-pack-'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function packed(name: string, files: readonly string[]): Promise<string> {
  const source = path.join(base, `${name}-source`);
  const resources = path.join(base, name);
  for (const file of files) {
    mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
    writeFileSync(path.join(source, file), 'x');
  }
  mkdirSync(resources);
  await createPackage(source, path.join(resources, 'app.asar'));
  cpSync(path.join(root, 'resources/tray'), path.join(resources, 'tray'), { recursive: true });
  cpSync(path.join(root, 'resources/icon.png'), path.join(resources, 'icon.png'));
  return resources;
}

function addKoffi(resources: string, name: string): void {
  const folder = path.join(resources, 'app.asar.unpacked/node_modules/@koromix', name, 'inner');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'koffi.node'), 'x');
}

describe('a packed app', () => {
  it('passes when every piece is there', async () => {
    const resources = await packed('whole', pieces);
    addKoffi(resources, 'koffi-linux-x64');
    expect(missingPieces(resources, 'linux', 'x64')).toEqual([]);
    addKoffi(resources, 'koffi-darwin-x64');
    addKoffi(resources, 'koffi-darwin-arm64');
    expect(missingPieces(resources, 'darwin', 'universal')).toEqual([]);
  });

  it('fails by the name of what is missing', async () => {
    const resources = await packed(
      'partly',
      pieces.filter((name) => !name.includes('preload')),
    );
    rmSync(path.join(resources, 'tray/error-dark.ico'));
    expect(missingPieces(resources, 'win32', 'x64')).toEqual([
      '/out/preload/index.cjs',
      path.join('tray', 'error-dark.ico'),
      'the binary of @koromix/koffi-win32-x64 outside the archive',
    ]);
  });

  it('fails when there is no archive at all', () => {
    expect(missingPieces(path.join(base, 'nowhere'), 'linux', 'x64')).toEqual(['app.asar']);
  });
});
