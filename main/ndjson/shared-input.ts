import net from 'node:net';

/**
 * One piece of memory that every connection reads into. Node gives a fresh buffer to each read
 * otherwise, which is a good part of what a small request costs. What is received must be used or
 * copied before the call returns.
 */
export class SharedInput {
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);

  /**
   * Begins to read an accepted socket that was paused at birth, and gives the socket to use from now on.
   *
   * Reading into a buffer of one's own is a public option of outgoing sockets only, so the connection
   * is moved to a second socket that has the option. The first one stays as what the server counts,
   * and goes when the second does; where a version of Node does not have what this takes, the first
   * is read in the usual way.
   */
  read(accepted: net.Socket, received: (bytes: Buffer) => void): net.Socket {
    const holder = accepted as unknown as { _handle: object | null };
    const handle = holder._handle;
    if (!canReadInto(handle)) {
      accepted.on('data', received);
      accepted.resume();
      return accepted;
    }
    holder._handle = null;
    const buffer = this.#buffer;
    const socket = new net.Socket({
      handle,
      allowHalfOpen: true,
      onread: {
        buffer,
        callback(bytes: number) {
          received(buffer.subarray(0, bytes));
          return true;
        },
      },
    } as net.SocketConstructorOpts);
    socket.once('close', () => accepted.destroy());
    return socket;
  }
}

function canReadInto(handle: object | null | undefined): handle is object {
  return typeof (handle as { useUserBuffer?: unknown } | null)?.useUserBuffer === 'function';
}
