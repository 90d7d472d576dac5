const secretFields =
  /("(?:lease|token)"\s*:\s*)("(?:[^"\\]|\\.)*"?|\[[^\]]*\]?|\{[^}]*\}?|[^,}\s]+)/g;
const leaseToken = /lease_[A-Za-z0-9_-]{8,}/g;
const mask = '"[redacted]"';
const longest = 2000;

/** A line as it may be logged: no lease, no token, and no more of it than a person would read. */
export function redact(text: string, authToken: string | null): string {
  // A letter may be spelled as an escape; the names of the fields are looked for behind that.
  let plain = text.replace(/\\u00([46][1-9a-f]|[57][0-9a])/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  if (authToken) plain = plain.replaceAll(authToken, '[redacted]');
  plain = plain.replace(leaseToken, '[redacted]').replace(secretFields, `$1${mask}`);
  return plain.length <= longest
    ? plain
    : `${plain.slice(0, longest)}… (${plain.length} characters)`;
}
