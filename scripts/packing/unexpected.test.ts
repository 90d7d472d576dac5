import { describe, expect, it } from 'vitest';
import { packageOf, runtimePackages, unexpected } from './unexpected.ts';

const packages = new Set(['zod', '@fastify/static']);
const judge = (...paths: string[]) =>
  unexpected(
    paths.map((path) => ({ path, bytes: 1 })),
    packages,
  );

describe('what is packed', () => {
  it('is the built program and what it needs to run', () => {
    expect(
      judge(
        '/package.json',
        '/out/main/index.js',
        '/out/main/parts/headless-DnJVHhLR.js',
        '/out/preload/index.cjs',
        '/out/renderer/assets/index-abc.css',
        '/node_modules/zod/index.js',
        '/node_modules/@fastify/static/index.js',
        '/node_modules/@fastify/static/node_modules/zod/index.js',
      ),
    ).toEqual([]);
  });

  it.each([
    '/src/secret.ts',
    '/out/main/index.js.map',
    '/.env',
    '/node_modules/zod/.env.local',
    '/out/renderer/assets/notes.txt',
    '/data/token',
    '/node_modules/left-pad/index.js',
    '/node_modules/zod/key.pem',
    '/node_modules/electron/index.js',
    '/main/desktop/app.test.ts',
  ])('is never %s', (path) => {
    expect(judge(path)).toHaveLength(1);
  });

  it('is judged by the innermost package', () => {
    expect(packageOf('/node_modules/a/node_modules/@b/c/x.js')).toBe('@b/c');
    expect(packageOf('/out/main/index.js')).toBeNull();
  });

  it('leaves out what only building needs', () => {
    const lock = {
      packages: {
        '': {},
        'node_modules/zod': {},
        'node_modules/vite': { dev: true },
        'node_modules/a/node_modules/@b/c': {},
      },
    };
    expect([...runtimePackages(lock)]).toEqual(['zod', '@b/c']);
  });
});
