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
      const { option, flag, shape, help: text, default: otherwise } = definition(key);
      if (!option) return [];
      const name = flag
        ? otherwise === true
          ? `--no-${option}`
          : `--${option}`
        : `--${option} ${shape.toUpperCase().replaceAll(' ', '')}`;
      return [`  ${name.padEnd(34)} ${text}`];
    }),
    '',
    'Each option is also an environment variable GATEHOUSE_… and a key in gatehouse.yaml.',
    '',
  ];
  return lines.join('\n');
}
