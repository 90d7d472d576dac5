'use strict';
// Chromium refuses to navigate to a scheme it does not know, so `app://ui/x` is
// `https://ui.app.localhost/x` inside it, and the app sees only its own spelling.

const schemes = new Set();

function addScheme(scheme) {
  schemes.add(scheme);
}

function toChromium(url) {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
  if (!match || !schemes.has(match[1].toLowerCase())) return url;
  const [, scheme, host, rest] = match;
  return `https://${host}.${scheme.toLowerCase()}.localhost${rest}`;
}

function fromChromium(url) {
  const match = /^https:\/\/([^/?#]+)\.([a-z][a-z0-9+-]*)\.localhost(?=[/?#]|$)(.*)$/is.exec(url);
  if (!match || !schemes.has(match[2])) return url;
  return `${match[2]}://${match[1]}${match[3]}`;
}

/** `app:` as a source in a policy would mean nothing to Chromium. */
function policyToChromium(policy) {
  let text = policy;
  for (const scheme of schemes) {
    text = text.replaceAll(
      new RegExp(`(?<=[\\s;])${scheme}:(?://([^\\s;/]+))?(?=[\\s;/]|$)`, 'g'),
      (_, host) => (host ? `https://${host}.${scheme}.localhost` : `https://*.${scheme}.localhost`),
    );
  }
  return text;
}

function schemeOf(url) {
  return url.slice(0, url.indexOf(':')).toLowerCase();
}

module.exports = { addScheme, fromChromium, policyToChromium, schemeOf, toChromium };
