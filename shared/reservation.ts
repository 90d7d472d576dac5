/** What everybody may see of the reservation; the token is not part of it. */
export interface ReservationView {
  readonly state: 'free' | 'closing' | 'reserved';
  /** The holder's name, or its address where it gave none. */
  readonly holder: string | null;
  readonly client: string | null;
  readonly peer: string | null;
  readonly since: number | null;
  readonly expiresAt: number | null;
  readonly orphaned: boolean;
  readonly recalled: boolean;
  readonly queueLength: number;
}

/** What one connection has to do with the session. */
export type SessionPart = 'holds' | 'waits' | null;

export const freeReservation: ReservationView = {
  state: 'free',
  holder: null,
  client: null,
  peer: null,
  since: null,
  expiresAt: null,
  orphaned: false,
  recalled: false,
  queueLength: 0,
};
