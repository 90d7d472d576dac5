import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../../main/history/rows/', import.meta.url));
const lineLength = 96;

export const rowCodeFile = `${folder}row-code.generated.ts`;

/** WebAssembly of `main/history/rows/assembly`. */
export async function compileRows(): Promise<Uint8Array> {
  let code: Uint8Array | undefined;
  const { error, stderr } = await compile(
    [
      'rows.ts',
      ...['--baseDir', `${folder}assembly`],
      ...['--outFile', 'rows.wasm'],
      ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge'],
      ...['--enable', 'simd', '--runtime', 'stub', '--noAssert', '--use', 'abort='],
      ...[
        '--enable',
        'threads',
        '--importMemory',
        '--sharedMemory',
        '--initialMemory',
        '1',
        '--maximumMemory',
        '65536',
      ],
    ],
    {
      writeFile(name, contents) {
        if (name === 'rows.wasm') code = contents as Uint8Array;
      },
    },
  );
  if (error || !code) throw new Error(`${error?.message}\n${stderr}`);
  return code;
}

/** The code as a module of text, which every way of bundling and packing carries along. */
export function rowCodeModule(code: Uint8Array): string {
  const text = Buffer.from(code).toString('base64');
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? [];
  return [
    '// Made by `npm run rows` of the folder assembly. Do not edit.',
    'export const rowCode = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}
