/** What the reservation needs of our own session with the gateway. */
export interface SessionPort {
  /** Closes the session and keeps it closed until `resume`; settles once its socket is closed. */
  close(): Promise<void>;
  /** Lifts the hold: the session comes back if the operator wants one. Returns at once. */
  resume(): void;
  isOpen(): boolean;
}

/** One bare attempt to reach the gateway's port: true when something accepted the connection. */
export type Probe = () => Promise<boolean>;

export interface ReservationPorts {
  readonly session: SessionPort;
  isDownloading(): boolean;
  readonly probe: Probe;
}
