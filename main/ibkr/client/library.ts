import type { Socket } from 'node:net';
import type { IBApi } from '@stoqey/ib';

/** The library's own class, for those who want it bare. */
export type { IBApi } from '@stoqey/ib';

/**
 * The parts inside the library that are taken over, because from outside its faults cannot be
 * mended: it cuts frames slowly, keeps half a message for the next one, lets a bad message escape as
 * an uncaught exception, and queues what it sends beyond the life of a socket.
 */
interface Insides {
  readonly controller: {
    rateLimiter: (tokens: unknown[]) => void;
    readonly socket: {
      client?: Socket;
      dataFragment: string;
      onData: (chunk: Buffer) => void;
      onMessage(text: string): void;
      send(tokens: unknown[]): void;
    };
    readonly decoder: { dataQueue: unknown[]; emitQueue: unknown[] };
  };
}

export type Library = typeof import('@stoqey/ib');

let loading: Promise<Library> | undefined;

/** Loaded at the first attempt: the program is up before the library's two hundred milliseconds. */
export function loadLibrary(): Promise<Library> {
  loading ??= import('@stoqey/ib');
  return loading;
}

export interface Hold {
  readonly api: IBApi;
  /** The TCP socket, once `connect` was called. */
  socket(): Socket | undefined;
  /** Lets the library decode one message; throws what its decoder or a listener throws. */
  decode(text: string): void;
}

/** A fresh handle whose incoming bytes go to `onChunk` and whose sending is never queued inside. */
export function holdLibrary(
  library: Library,
  options: { readonly host: string; readonly port: number; readonly clientId: number },
  onChunk: (chunk: Buffer) => void,
): Hold {
  // Whatever is left out here the library looks up in `.env`, and writes all of that file into the
  // environment of the whole process.
  const api = new library.IBApi({ ...options, maxReqPerSec: 50 });
  const { controller } = api as unknown as Insides;
  const { socket, decoder } = controller;
  if (typeof socket?.onMessage !== 'function' || !Array.isArray(decoder?.dataQueue)) {
    throw new Error('This version of @stoqey/ib is built differently inside; 1.6.10 is expected.');
  }
  controller.rateLimiter = (tokens) => socket.send(tokens);
  socket.onData = onChunk;
  return {
    api,
    socket: () => socket.client,
    decode(text) {
      // Each frame stands for itself: half a message must not be put before the next.
      socket.dataFragment = '';
      decoder.dataQueue = [];
      decoder.emitQueue = [];
      socket.onMessage(text);
    },
  };
}
