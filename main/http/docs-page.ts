import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly requestBody?: unknown;
}

/** `/docs`, a page of every address, and `/docs/openapi.json` behind it. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  app.get('/docs/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.get('/docs', { schema: { hide: true } }, async (request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    const base = `${request.protocol}://${request.headers.host}`;
    return reply
      .header('content-security-policy', `default-src 'none'; style-src 'nonce-${nonce}'`)
      .type('text/html; charset=utf-8')
      .send(
        page(app.swagger() as { paths?: Record<string, Record<string, Operation>> }, base, nonce),
      );
  });
}

function page(
  api: { readonly paths?: Record<string, Record<string, Operation>> },
  base: string,
  nonce: string,
): string {
  const rows = Object.entries(api.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary }]) => {
      const verb = method.toUpperCase();
      const curl = verb === 'GET' ? `curl ${base}${path}` : `curl -X ${verb} ${base}${path}`;
      return `<tr><td>${verb}</td><td><code>${asText(path)}</code><p>${asText(summary ?? '')}</p><pre>${asText(curl)}</pre></td></tr>`;
    }),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gatehouse HTTP API</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
td { vertical-align: top; padding: .5rem 1rem .5rem 0; border-top: 1px solid #8884 }
p { margin: .2rem 0 } pre { margin: .2rem 0; opacity: .75; overflow-x: auto } table { border-collapse: collapse }
</style></head><body><h1>Gatehouse HTTP API</h1>
<p>Machine-readable: <a href="/docs/openapi.json">/docs/openapi.json</a></p>
<table>${rows.join('')}</table></body></html>`;
}

function asText(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
