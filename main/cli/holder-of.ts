import { portHolder } from '../kit/port-holder.ts';

/** Who listens on a port, as "node (pid 123)"; null where the system does not tell. */
export function holderOf(port: number): string | null {
  const holder = portHolder(port);
  return holder ? `${holder.name} (pid ${holder.pid})` : null;
}
