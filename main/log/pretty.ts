import { fieldsText } from '../../shared/log-line.ts';

const colours: Readonly<Record<number, string>> = {
  10: '\u001b[90m',
  20: '\u001b[90m',
  30: '\u001b[36m',
  40: '\u001b[33m',
  50: '\u001b[31m',
  60: '\u001b[31m',
};
const names: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const hidden = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'service']);

/** One line for a person: time, level, service, sentence, and what else is known behind it. */
export function prettyLine(json: string, colour: boolean): string {
  const line = JSON.parse(json) as Record<string, unknown>;
  const level = line['level'] as number;
  const time = new Date(line['time'] as number).toISOString().slice(11, 23);
  const name = (names[level] ?? String(level)).toUpperCase().padEnd(5);
  const rest = fieldsText(
    Object.fromEntries(Object.entries(line).filter(([key]) => !hidden.has(key))),
  );
  const head = colour ? `${colours[level] ?? ''}${name}\u001b[0m` : name;
  const service = String(line['service'] ?? 'gatehouse').padEnd(10);
  return `${time} ${head} ${service} ${line['msg'] ?? ''}${rest ? `  ${rest}` : ''}\n`;
}
