import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import { type Handler, optionalText, reply } from '../request.ts';
import { asciiJson, Refusal } from '../wire.ts';

export interface Greeting {
  readonly version: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly clock: Clock;
}

const features = [
  'auth',
  'history',
  'lease',
  'lease-queue',
  'lease-ttl',
  'ping',
  'quotes-batch',
  'status',
  'subscribe',
];

export function greetingHandlers(greeting: Greeting): Readonly<Record<string, Handler>> {
  const { version, limits, clock } = greeting;
  const hello = asciiJson({ server: 'gatehouse', version, protocol: 1, features, limits });
  return {
    hello(request) {
      const client = optionalText(request, 'client');
      if (client !== null) request.peer.introduce(client);
      return reply(hello);
    },
    ping: () => reply(`{"ts_ms":${clock.now()}}`),
  };
}

/** Without a token to compare with, anybody is welcome, so that one client fits every bind. */
export function authHandlers(authToken: string | null): Readonly<Record<string, Handler>> {
  return {
    auth(request) {
      if (authToken !== null && !sameSecret(request.fields['token'], authToken)) {
        throw new Refusal('UNAUTHORIZED', 'This is not the token of this server');
      }
      return reply('{"status":"authorized"}');
    },
  };
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function sameSecret(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const [one, other] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one as Buffer, other as Buffer);
}
