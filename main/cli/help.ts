import { definition, keys } from '../config/settings.ts';

const commands: readonly (readonly [string, string])[] = [
  ['start', 'the desktop app, or headless where there is no Electron runtime or no display'],
  ['headless', 'the same supervisor without a desktop, its window in a browser'],
  ['simulate', 'a simulated TWS / IB Gateway for other programs'],
  ['forward', 'a port forward to the gateway, by itself'],
  ['shm', 'looks into the shared memory and verifies it'],
  ['smoke', 'asks a running server every question and checks the answers'],
  ['export', 'writes bars to CSV, Arrow or Parquet'],
  ['doctor', 'checks what is needed and says what to do'],
];

/** Kinds of values in capitals, words that are to be given as they are in small letters. */
function placeholder(shape: string): string {
  const kind = (text: string) => (text.split(' ')[0] as string).toUpperCase();
  if (!shape.includes(' | ')) return kind(shape);
  return shape
    .split(' | ')
    .map((text) => (['port', 'list', 'file'].includes(text) ? kind(text) : text))
    .join('|');
}

export function help(): string {
  const lines = [
    'gatehouse COMMAND [options]',
    '',
    'Commands:',
    ...commands.map(([name, text]) => `  ${name.padEnd(10)} ${text}`),
    '',
    'Options of start and headless:',
    `  ${'--config FILE'.padEnd(34)} the configuration file (gatehouse.yaml of this folder without it)`,
    ...keys.flatMap((key) => {
      const { option, flag, off, shape, help: text } = definition(key);
      if (!option) return [];
      const plain = flag ? `--${option}` : `--${option} ${placeholder(shape)}`;
      const name = off ? `--no-${option}` : plain;
      return [`  ${name.padEnd(34)} ${off ?? text}`];
    }),
    '',
    'Each option is also an environment variable GATEHOUSE_… and a key in gatehouse.yaml.',
    '',
  ];
  return lines.join('\n');
}
