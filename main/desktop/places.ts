import path from 'node:path';

export interface Places {
  readonly windowFolder: string;
  readonly preload: string;
  readonly trayImages: string;
  readonly icon: string;
}

/** Where the built parts lie: beside the main process's file, and the images where the pack puts them. */
export function placesFor(mainFile: string, packaged: boolean, resources: string): Places {
  const main = path.dirname(mainFile).replace(/[\\/]parts$/, '');
  const out = path.dirname(main);
  const images = packaged ? resources : path.join(path.dirname(out), 'resources');
  return {
    windowFolder: path.join(out, 'renderer'),
    preload: path.join(out, 'preload', 'index.cjs'),
    trayImages: path.join(images, 'tray'),
    icon: path.join(images, 'icon.png'),
  };
}
