/** When traffic may flow, where the policy asks for a reservation. */
export interface LeasePort {
  /** True while a lease stands and has not been recalled. */
  held(): boolean;
  onChange(listener: () => void): () => void;
}

/** Who wants to know what forwarded connections see of the gateway. */
export interface GatewayPort {
  reached(): void;
  unreachable(): void;
  /** The gateway ended a connection that its client had not ended. */
  dropped(): void;
}

export interface ForwardPorts {
  readonly lease: LeasePort;
  readonly gateway?: GatewayPort;
}
