import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import type { AppOptions } from './app-options.ts';
import type { HttpPorts } from './ports.ts';

export interface HttpOptions extends AppOptions {
  readonly host: string;
  readonly port: number;
}

/** The HTTP server as a service: API, metrics and the window in a browser. */
export class HttpService {
  readonly name = 'http' as const;
  readonly #options: HttpOptions;
  readonly #ports: HttpPorts;
  #app: FastifyInstance | null = null;
  #port: number;

  constructor(options: HttpOptions, ports: HttpPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#port = options.port;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: this.#options.host, port: this.#port };
  }

  async start(): Promise<void> {
    const app = await buildApp(this.#options, this.#ports);
    this.#app = app;
    await app.listen({ host: this.#options.host, port: this.#port });
    this.#port = (app.server.address() as AddressInfo).port;
    this.#options.log.info({ ...this.address }, 'the window is served');
  }

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    await app?.close();
  }
}
