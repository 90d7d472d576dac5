// Run by electron-builder once an app is packed: a piece that is missing fails the build, since
// nobody who builds an installer starts it on every system.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { listPackage } from '@electron/asar';

const states = ['ok', 'paused', 'working', 'warning', 'error'];
const archNames = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'];

/** @param {{ appOutDir: string, electronPlatformName: string, arch: number, packager: any }} context */
export default async function afterPack({ appOutDir, electronPlatformName, arch, packager }) {
  const resources =
    electronPlatformName === 'darwin'
      ? path.join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : path.join(appOutDir, 'resources');
  const missing = missingPieces(resources, electronPlatformName, archNames[arch] ?? 'x64');
  if (missing.length > 0) {
    throw new Error(`the packed app lacks ${missing.join(', ')}`);
  }
}

export function missingPieces(resources, platform, arch) {
  const asar = path.join(resources, 'app.asar');
  if (!existsSync(asar)) return ['app.asar'];
  const packed = new Set(
    listPackage(asar, { isPack: false }).map((name) => name.replaceAll('\\', '/')),
  );
  const inAsar = [
    '/package.json',
    '/LICENSE',
    '/out/main/index.js',
    '/out/main/cli.js',
    '/out/preload/index.cjs',
    '/out/renderer/index.html',
  ].filter((name) => !packed.has(name));
  const beside = imageNames(platform).filter((name) => !existsSync(path.join(resources, name)));
  const wanted = arch === 'universal' ? ['x64', 'arm64'] : [arch];
  const koffi = wanted
    .map((one) => `@koromix/koffi-${platform}-${one}`)
    .filter((name) => !hasBinary(path.join(resources, 'app.asar.unpacked', 'node_modules', name)))
    .map((name) => `the binary of ${name} outside the archive`);
  return [...inAsar, ...beside, ...koffi];
}

function imageNames(platform) {
  const images = states.flatMap((state) => {
    if (platform === 'darwin') return [`${state}Template.png`, `${state}Template@2x.png`];
    const ending = platform === 'win32' ? ['.ico'] : ['.png', '@2x.png'];
    return ['light', 'dark'].flatMap((theme) => ending.map((end) => `${state}-${theme}${end}`));
  });
  return ['icon.png', ...images.map((name) => path.join('tray', name))];
}

function hasBinary(folder) {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true }).some((name) =>
    String(name).endsWith('koffi.node'),
  );
}
