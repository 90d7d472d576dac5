import net from 'node:net';

export interface GuardRules {
  /** Names beside loopback ones that a Host header may carry. */
  readonly allowedHosts: readonly string[];
  /** True when other machines can reach us, by choice. */
  readonly remote: boolean;
  /** Null where no token is asked for. */
  readonly token: string | null;
}

export interface Asked {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** From the Authorization header or the cookie. */
  readonly token: string | undefined;
  readonly open: boolean;
}

export type Verdict = 'allowed' | 'foreign-host' | 'foreign-origin' | 'no-token';

/**
 * Decides by Host, Origin and token. A foreign Host means that some web page's name was pointed at
 * this machine; a foreign Origin, that some web page calls us behind its reader's back.
 */
export function judge(rules: GuardRules, asked: Asked): Verdict {
  const name = hostName(asked.host);
  if (name === null || !knownHost(rules, name)) return 'foreign-host';
  if (asked.origin !== undefined && !sameOrigin(asked.origin, asked.host as string)) {
    return 'foreign-origin';
  }
  if (asked.open || rules.token === null) return 'allowed';
  return asked.token !== undefined && sameText(asked.token, rules.token) ? 'allowed' : 'no-token';
}

function knownHost(rules: GuardRules, name: string): boolean {
  if (name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)) return true;
  if (rules.allowedHosts.some((allowed) => allowed.toLowerCase() === name)) return true;
  // An address cannot be pointed elsewhere as a name can.
  return rules.remote && net.isIP(name) !== 0;
}

function hostName(header: string | undefined): string | null {
  if (!header) return null;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/@\s]+))(?::\d+)?$/.exec(header);
  return (match?.[1] ?? match?.[2])?.toLowerCase() ?? null;
}

function sameOrigin(origin: string, host: string): boolean {
  try {
    const url = new URL(origin);
    return (
      (url.protocol === 'http:' || url.protocol === 'https:') &&
      url.host.toLowerCase() === new URL(`${url.protocol}//${host}`).host.toLowerCase()
    );
  } catch {
    return false;
  }
}

/** Takes as long for a wrong first letter as for a wrong last one. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a.charCodeAt(i) || 0) ^ b.charCodeAt(i);
  return difference === 0;
}
