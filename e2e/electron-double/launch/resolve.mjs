// Runs in Node's loader thread: names the one module that answers `import … from 'electron'`.
const names = new Set(['electron', 'electron/main', 'electron/common']);
const url = new URL('./electron.mjs', import.meta.url).href;

export async function resolve(specifier, context, next) {
  return names.has(specifier)
    ? { url, format: 'module', shortCircuit: true }
    : next(specifier, context);
}
