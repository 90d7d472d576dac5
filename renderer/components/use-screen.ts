import { useCallback, useEffect, useState } from 'react';
import { isScreen, type ScreenName, screenNames } from '../screens/names.ts';

function fromAddress(): ScreenName {
  const name = window.location.hash.slice(1);
  return isScreen(name) ? name : 'overview';
}

/** The screen is part of the address, so that back, forward and a bookmark work. */
export function useScreen(): readonly [ScreenName, (name: ScreenName) => void] {
  const [screen, setScreen] = useState(fromAddress);
  const show = useCallback((name: ScreenName) => {
    window.location.hash = name;
  }, []);
  useEffect(() => {
    const moved = () => setScreen(fromAddress());
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !/^[1-9]$/.test(event.key)) return;
      const name = screenNames[Number(event.key) - 1];
      if (!name) return;
      event.preventDefault();
      show(name);
    };
    window.addEventListener('hashchange', moved);
    window.addEventListener('keydown', pressed);
    return () => {
      window.removeEventListener('hashchange', moved);
      window.removeEventListener('keydown', pressed);
    };
  }, [show]);
  return [screen, show];
}
