import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import manifest from './package.json' with { type: 'json' };

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const define = { __VERSION__: JSON.stringify(manifest.version) };

export default defineConfig({
  main: {
    define,
    build: {
      target: 'node20',
      rollupOptions: {
        input: {
          cli: at('main/cli.ts'),
          index: at('main/index.ts'),
          library: at('main/library.ts'),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'parts/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { index: at('preload/index.ts') },
        // A sandboxed preload is one CommonJS file that may require nothing but electron.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    define,
    plugins: [react()],
    build: {
      rollupOptions: { input: at('renderer/index.html') },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1_500,
    },
  },
});
