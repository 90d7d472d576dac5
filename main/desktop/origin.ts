/** The window's pages have a scheme and host of their own: no other page can be of their origin. */
export const scheme = 'app';
export const host = 'gatehouse';
export const startUrl = `${scheme}://${host}/index.html`;

/** Whether an address belongs to the window: by its parsed parts, never by how its text begins. */
export function isOwn(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host: named, username, password, port } = new URL(url);
  return (
    protocol === `${scheme}:` && named === host && username === '' && password === '' && port === ''
  );
}
