import type { Figure } from './bench.ts';

export function missed(figure: Figure): boolean {
  if (!figure.goal) return false;
  return 'atLeast' in figure.goal
    ? figure.value < figure.goal.atLeast
    : figure.value > figure.goal.atMost;
}

export function table(figures: readonly (Figure & { readonly topic: string })[]): string {
  const rows = figures.map((figure) => [
    figure.topic,
    figure.name,
    `${amount(figure.value)} ${figure.unit}`,
    goal(figure),
    figure.goal ? (missed(figure) ? 'MISSED' : 'reached') : '',
    figure.peer
      ? `${figure.peer.name}: ${amount(figure.peer.value)} ${figure.peer.unit ?? figure.unit}`
      : '',
    figure.note ?? '',
  ]);
  const all = [['topic', 'figure', 'measured', 'goal', '', 'beside', 'note'], ...rows];
  const widths = (all[0] as string[]).map((_, i) =>
    Math.max(...all.map((row) => (row[i] as string).length)),
  );
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function goal(figure: Figure): string {
  if (!figure.goal) return '';
  return 'atLeast' in figure.goal
    ? `≥ ${amount(figure.goal.atLeast)}`
    : `≤ ${amount(figure.goal.atMost)}`;
}

function amount(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
