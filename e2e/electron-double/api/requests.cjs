'use strict';
// Each request of a page: first the app's webRequest listener, then its protocol handler.
const { fromChromium, policyToChromium, schemeOf, toChromium } = require('../chromium/urls.cjs');
const { protocol } = require('./protocol.cjs');

const resourceTypes = {
  Document: 'mainFrame',
  Stylesheet: 'stylesheet',
  Image: 'image',
  Media: 'media',
  Font: 'font',
  Script: 'script',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
  WebSocket: 'webSocket',
};

async function answerRequest({ contents, session, cdp, paused, isMainFrame }) {
  const { requestId, request, resourceType } = paused;
  const url = fromChromium(request.url);
  // The page may have gone meanwhile; then nobody waits for the answer.
  const fail = (errorReason) =>
    cdp.send('Fetch.failRequest', { requestId, errorReason }).catch(() => undefined);
  try {
    const verdict = await session.webRequest.ask({
      id: requestId,
      url,
      method: request.method,
      webContentsId: contents.id,
      webContents: contents,
      resourceType:
        resourceType === 'Document' && !isMainFrame
          ? 'subFrame'
          : (resourceTypes[resourceType] ?? 'other'),
      referrer: fromChromium(request.headers.Referer ?? ''),
      timestamp: Date.now(),
    });
    if (verdict.cancel) return await fail('BlockedByClient');
    if (verdict.redirectURL) return await redirect(cdp, requestId, verdict.redirectURL);
    const handler = protocol.handlerFor(url);
    if (handler) return await fulfil(cdp, requestId, await handler(requestOf(url, request)));
    if (schemeOf(url) !== schemeOf(request.url)) return await fail('Failed');
    return await cdp.send('Fetch.continueRequest', { requestId });
  } catch (error) {
    if (!contents.isDestroyed()) console.error(`The request for ${url} failed:`, error);
    return fail('Failed');
  }
}

function requestOf(url, { method, headers, postData }) {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) given.set(name, fromChromium(value));
  const hasBody = method !== 'GET' && method !== 'HEAD' && postData !== undefined;
  return new Request(url, { method, headers: given, ...(hasBody ? { body: postData } : {}) });
}

async function fulfil(cdp, requestId, response) {
  const body = Buffer.from(await response.arrayBuffer());
  const responseHeaders = [...response.headers].map(([name, value]) => ({
    name,
    value: /^content-security-policy/i.test(name) ? policyToChromium(value) : value,
  }));
  await cdp.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: response.status,
    responseHeaders,
    body: body.toString('base64'),
  });
}

function redirect(cdp, requestId, url) {
  return cdp.send('Fetch.fulfillRequest', {
    requestId,
    responseCode: 302,
    responseHeaders: [{ name: 'location', value: toChromium(url) }],
  });
}

module.exports = { answerRequest };
