import type { LeaseDesk, LeaseOutcome, LeaseTerms } from '../ports.ts';
import {
  type Handler,
  optionalInteger,
  optionalText,
  type Reply,
  type Request,
  reply,
} from '../request.ts';
import { asciiJson, eventLine, Refusal } from '../wire.ts';

const dayMs = 86_400_000;
const maxTtlMs = 7 * dayMs;
const maxWaitMs = dayMs;
const additions = ['client', 'ttl_ms', 'wait_ms', 'bind'] as const;

export function reservationHandlers(desk: LeaseDesk): Readonly<Record<string, Handler>> {
  return {
    acquire_ibkr: (request) => acquire(desk, request),
    release_ibkr(request) {
      const token = optionalText(request, 'lease');
      const outcome = desk.release({ connection: request.peer.connection, token });
      return reply(leaseData(outcome, false));
    },
    renew_ibkr(request) {
      const token = optionalText(request, 'lease');
      const ttlMs = optionalInteger(request, 'ttl_ms', 1, maxTtlMs);
      if (token === null) throw new Refusal('BAD_REQUEST', 'Missing lease');
      if (ttlMs === null) throw new Refusal('BAD_REQUEST', 'Missing ttl_ms');
      const { connection, peer, loopback } = request.peer;
      return reply(leaseData(desk.renew({ connection, peer, loopback, token, ttlMs }), true));
    },
    get_reservation: () => reply(reservationJson(desk)),
  };
}

export function reservationJson(desk: LeaseDesk): string {
  const view = desk.view();
  return asciiJson({
    state: view.state,
    holder: view.holder,
    client: view.client,
    peer: view.peer,
    since_ms: view.since,
    expires_at_ms: view.expiresAt,
    orphaned: view.orphaned,
    recalled: view.recalled,
    queue_length: view.queueLength,
  });
}

function acquire(desk: LeaseDesk, request: Request): Reply {
  const { connection, peer, loopback } = request.peer;
  const terms = leaseTerms(request);
  if (terms?.client) request.peer.introduce(terms.client);
  const waits = terms?.waitMs !== null && terms !== null;
  const data = desk
    .acquire({ connection, peer, loopback, terms }, (position) => {
      const place = `{"status":"waiting","position":${position},"request":${request.idJson}}`;
      request.peer.send(eventLine('acquire_ibkr', place));
    })
    .then((outcome) => leaseData(outcome, terms !== null));
  return { when: waits ? 'later' : 'in-order', data };
}

/** Null for the plain acquire; any addition makes the lease one that answers to its holder. */
function leaseTerms(request: Request): LeaseTerms | null {
  if (additions.every((name) => (request.fields[name] ?? null) === null)) return null;
  const bind = request.fields['bind'] ?? null;
  if (bind !== null && bind !== 'connection') {
    throw new Refusal('BAD_REQUEST', 'bind must be "connection"');
  }
  return {
    client: optionalText(request, 'client'),
    ttlMs: optionalInteger(request, 'ttl_ms', 1, maxTtlMs),
    waitMs: optionalInteger(request, 'wait_ms', 0, maxWaitMs),
    bound: bind === 'connection',
  };
}

function leaseData(outcome: LeaseOutcome, withToken: boolean): string {
  switch (outcome.kind) {
    case 'acquired':
    case 'renewed': {
      const { token, expiresAtMs } = outcome.lease;
      return asciiJson({
        status: outcome.kind,
        ...(withToken ? { lease: token, expires_at_ms: expiresAtMs } : {}),
      });
    }
    case 'denied':
      return '{"status":"denied","reason":"wait until stock download is finished"}';
    case 'released':
      return '{"status":"released"}';
    case 'conflict':
      throw new Refusal('CONFLICT', 'IBKR connection already reserved');
    case 'timed-out':
      throw new Refusal(
        'CONFLICT',
        outcome.reserved
          ? 'IBKR connection already reserved'
          : `The stock download did not finish within ${outcome.waitedMs} ms`,
      );
    case 'crowded':
      throw new Refusal('LIMIT', 'Too many programs wait for the IBKR connection');
    case 'failed':
      throw new Refusal('INTERNAL', outcome.why);
    case 'gone':
      throw new Refusal('INTERNAL', 'The server is stopping');
    case 'not-reserved':
      throw new Refusal('BAD_REQUEST', 'IBKR connection not reserved');
    case 'not-holder':
      throw new Refusal(
        'CONFLICT',
        `IBKR connection is reserved by ${outcome.lease.client ?? outcome.lease.peer}`,
      );
    case 'wrong-token':
      throw new Refusal('FORBIDDEN', 'This is not the token of the reservation');
  }
}
