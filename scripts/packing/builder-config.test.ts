import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');
const config = parse(readFileSync(path.join(root, 'electron-builder.yml'), 'utf8'));
const silent = { isEnabled: false, add() {} };
const validate = (given: object) => validateConfiguration(given as never, silent as never);

describe('electron-builder.yml', () => {
  it('is what the builder’s own schema allows', async () => {
    await validate(config);
  });

  it('is held against a schema that notices', async () => {
    await expect(validate({ ...config, asarUnpak: [] })).rejects.toThrow(/asarUnpak/);
    await expect(validate({ ...config, electronFuses: { runAsNode: 'maybe' } })).rejects.toThrow();
  });

  it('closes every fuse that would let somebody else’s code run as ours', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('builds the installers that were promised, under the names that were', () => {
    expect([config.appId, config.productName]).toEqual(['io.gatehouse.app', 'Gatehouse']);
    expect(config.win.target.map(({ target }: { target: string }) => target)).toEqual(['nsis']);
    expect(config.mac.target.map(({ target }: { target: string }) => target)).toEqual([
      'dmg',
      'zip',
    ]);
    expect(config.linux.target).toEqual(['deb', 'AppImage']);
    expect(config.asarUnpack).toEqual(['**/*.node']);
  });

  it('names only files that exist', () => {
    const files = [
      config.mac.entitlements,
      config.afterPack,
      ...config.extraResources.map(({ from }: { from: string }) => from),
      'build/icon.png',
    ];
    for (const file of files) expect(existsSync(path.join(root, file)), file).toBe(true);
  });

  it('never asks to run without the sandbox', () => {
    expect(readFileSync(path.join(root, 'electron-builder.yml'), 'utf8')).not.toContain(
      'no-sandbox',
    );
  });
});
