import type { Health, HealthLevel } from '../../shared/health.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly urgency: 'normal' | 'critical';
}

export interface NoticeMemory {
  /** The trouble the person was last told of; null when they know of none. */
  readonly told: 'warning' | 'error' | null;
  readonly at: number;
}

export const nothingTold: NoticeMemory = { told: null, at: Number.NEGATIVE_INFINITY };

/** The same news is not told more often. */
const againMs = 60_000;

/**
 * Whether to tell of how things are now: only when they changed, worse news at once, the rest at
 * most once a minute, and nothing while the person looks at the window anyway.
 */
export function nextNotice(
  memory: NoticeMemory,
  { level, headline }: Health,
  now: number,
  watching: boolean,
): { readonly memory: NoticeMemory; readonly notice: Notice | null } {
  const trouble = level === 'error' || level === 'warning' ? level : null;
  if (trouble === memory.told) return { memory, notice: null };
  // Starting and downloading are neither trouble nor the end of one.
  if (trouble === null && level === 'working') return { memory, notice: null };
  if (watching) return { memory: { told: trouble, at: memory.at }, notice: null };
  const worse = trouble === 'error';
  if (!worse && now - memory.at < againMs) return { memory, notice: null };
  return { memory: { told: trouble, at: now }, notice: wording(level, headline) };
}

function wording(level: HealthLevel, body: string): Notice {
  switch (level) {
    case 'error':
      return { title: 'Gatehouse needs attention', body, urgency: 'critical' };
    case 'warning':
      return { title: 'Gatehouse is not at its best', body, urgency: 'normal' };
    case 'working':
    case 'paused':
    case 'ok':
      return { title: 'Gatehouse is well again', body, urgency: 'normal' };
  }
}
