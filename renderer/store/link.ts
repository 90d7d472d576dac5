import { create } from 'zustand';
import { applyPatches } from '../../shared/apply-patches.ts';
import type { Snapshot, State } from '../../shared/state.ts';
import { silenceMs } from '../../shared/wire.ts';
import type { Transport } from '../transport/transport.ts';

export type LinkState = 'connecting' | 'live' | 'silent';

interface Mirror {
  readonly link: LinkState;
  readonly snapshot: Snapshot | null;
  /** The supervisor's clock minus ours, so that ages are right in a browser elsewhere. */
  readonly clockOffset: number;
  /** When the supervisor was last heard, by its own clock. */
  readonly heardAt: number;
  readonly transport: Transport | null;
}

/** Only a mirror of the supervisor's state: nothing is decided here. */
export const useMirror = create<Mirror>(() => ({
  link: 'connecting',
  snapshot: null,
  clockOffset: 0,
  heardAt: 0,
  transport: null,
}));

export function follow(transport: Transport): void {
  useMirror.setState({ transport });
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = (at: number) => {
    clearTimeout(silence);
    silence = setTimeout(() => useMirror.setState({ link: 'silent' }), silenceMs);
    useMirror.setState({ clockOffset: at - Date.now(), heardAt: at, link: 'live' });
  };

  transport.open((event) => {
    if (event.kind === 'open') return;
    if (event.kind === 'closed') {
      clearTimeout(silence);
      useMirror.setState({ link: useMirror.getState().snapshot ? 'silent' : 'connecting' });
      return;
    }
    const { message } = event;
    switch (message.kind) {
      case 'snapshot':
        useMirror.setState({ snapshot: message.snapshot });
        heard(message.snapshot.at);
        return;
      case 'patches': {
        const known = useMirror.getState().snapshot;
        if (known === null) return;
        const next = applyPatches(known, message.batch);
        if (next === null) transport.resync();
        else useMirror.setState({ snapshot: next });
        heard(message.batch.at);
        return;
      }
      case 'beat': {
        const known = useMirror.getState().snapshot;
        if (known !== null && message.seq > known.seq) transport.resync();
        heard(message.at);
      }
    }
  });
}

export function useSlice<N extends keyof State>(name: N): State[N] {
  return useMirror((mirror) => (mirror.snapshot as Snapshot).state[name]);
}
