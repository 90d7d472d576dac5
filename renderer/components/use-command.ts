import { useState } from 'react';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract.ts';
import type { Fault } from '../../shared/result.ts';
import { useMirror } from '../store/link.ts';

/** Sends a command, shows that it is under way, and keeps why it was refused. */
export function useCommand<N extends CommandName>(name: N) {
  const transport = useMirror((mirror) => mirror.transport);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const send = async (input: CommandInput<N>): Promise<CommandOutput<N> | null> => {
    if (!transport) return null;
    setBusy(true);
    const result = await transport.call(name, input);
    setBusy(false);
    setFault(result.ok ? null : result.error);
    return result.ok ? result.value : null;
  };
  return { send, busy, fault };
}
