import { definition, environmentNames, keys } from './settings.ts';

/** The configuration reference, made from the one table so that it cannot be out of date. */
export function configReference(): string {
  const lines = [
    '# Configuration',
    '',
    '<!-- Made by `npm run docs` from main/config/settings.ts; do not edit by hand. -->',
    '',
    'A value is looked for, strongest first, in: the command-line option, the environment, `.env` of the',
    'working folder, `settings.yaml` of the data folder (what was changed in the window), the',
    'configuration file (`gatehouse.yaml` of the working folder, or the one named with `--config`), and the',
    'default. `gatehouse doctor` shows every value that is not a default and where it came from.',
    '',
    'In the file, dots are levels:',
    '',
    '```yaml',
    'ndjson:',
    '  port: 12345',
    'watchlist: [AAPL, MSFT, EUR.USD]',
    '```',
    '',
    'An empty environment variable counts as unset. A value that is refused ends the program with exit',
    'code 78 and one sentence that names the key, the value and where it came from; an unknown option',
    'ends it with 2.',
    '',
  ];
  for (const key of keys) {
    const {
      help,
      shape,
      option,
      flag,
      alias,
      applies,
      default: standard,
      otherwise,
    } = definition(key);
    lines.push(`## \`${key}\``, '', help, '');
    lines.push(`- value: ${shape}; default: ${otherwise ?? `\`${shown(standard)}\``}`);
    if (option) lines.push(`- option: ${optionForms(option, flag === true, standard)}`);
    lines.push(
      `- environment: ${environmentNames(key)
        .map((name) => `\`${name}\``)
        .join(', ')}`,
    );
    if (alias) lines.push(`- also read as: ${alias.map((name) => `\`${name}\``).join(', ')}`);
    if (applies === 'live') lines.push('- a change in the window takes effect at once');
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function optionForms(option: string, flag: boolean, otherwise: unknown): string {
  if (!flag) return `\`--${option}\``;
  return otherwise === true ? `\`--no-${option}\`, \`--${option}\`` : `\`--${option}\``;
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
