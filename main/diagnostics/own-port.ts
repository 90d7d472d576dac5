import { LineClient } from '../ndjson/line-client.ts';

/** How long whoever holds a port may take to say who it is. */
const answerMs = 1000;

/** The Gatehouse that answers there in lines of JSON, or null where it is another program. */
export async function gatehouseOnNdjson(host: string, port: number): Promise<string | null> {
  const client = await LineClient.connect(port, host);
  const silence = setTimeout(() => client.close(), answerMs);
  try {
    return gatehouseIn((await client.ask({ v: 1, id: 1, type: 'hello' })) ?? '');
  } finally {
    clearTimeout(silence);
    client.close();
  }
}

/** The same for the port of the window and the HTTP interface. */
export async function gatehouseOnHttp(host: string, port: number): Promise<string | null> {
  const name = host.includes(':') ? `[${host}]` : host;
  const answer = await fetch(`http://${name}:${port}/api/v1/health`, {
    signal: AbortSignal.timeout(answerMs),
  });
  const { status, version } = (await answer.json()) as { status?: unknown; version?: unknown };
  return status === 'ok' && typeof version === 'string' ? `Gatehouse ${version}` : null;
}

function gatehouseIn(line: string): string | null {
  const { data, error } = JSON.parse(line) as {
    data?: { server?: unknown; version?: unknown };
    error?: { code?: unknown };
  };
  if (data?.server === 'gatehouse' && typeof data.version === 'string') {
    return `Gatehouse ${data.version}`;
  }
  // The first line must show the token; nobody else refuses in these words.
  return error?.code === 'UNAUTHORIZED' ? 'a Gatehouse that asks for its token' : null;
}
