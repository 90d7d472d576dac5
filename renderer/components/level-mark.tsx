import type { HealthLevel } from '../../shared/health.ts';

/** A shape for each level, so that nobody needs to tell colours apart. */
const shapes: Readonly<Record<HealthLevel, string>> = {
  ok: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm-1.2 10L3.6 7.8l1.3-1.3 1.9 1.9 4.3-4.3 1.3 1.3z',
  paused: 'M3 2h4v12H3zM9 2h4v12H9z',
  working: 'M8 1l7 7-7 7-7-7z',
  warning: 'M8 1l7.5 14H.5zm-.9 5v4.5h1.8V6zm0 6v1.8h1.8V12z',
  error:
    'M5 1h6l4 4v6l-4 4H5l-4-4V5zm.2 3.6L4.6 5.2 7.4 8l-2.8 2.8.6.6L8 8.6l2.8 2.8.6-.6L8.6 8l2.8-2.8-.6-.6L8 7.4z',
};

export function LevelMark({ level, size = 14 }: { level: HealthLevel; size?: number }) {
  return (
    <svg className="level-mark" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[level]} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}

export function Level({ level, children }: { level: HealthLevel; children: React.ReactNode }) {
  return (
    <span className={`level level-${level}`} data-level={level}>
      <LevelMark level={level} />
      <span>{children}</span>
    </span>
  );
}
