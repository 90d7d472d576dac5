import { useEffect, useState } from 'react';
import { useMirror } from './link.ts';

/** The supervisor's time, ticking once a second so that ages grow while nothing happens. */
export function useNow(): number {
  const offset = useMirror((mirror) => mirror.clockOffset);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(now, 0) + offset;
}
