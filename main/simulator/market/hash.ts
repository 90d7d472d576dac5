/** Noise out of 32-bit integer hashing: any value of any moment without those before it. */

const golden = 0x9e3779b1;

/** A well-mixed 32-bit integer of two; equal arguments give equal answers on every machine. */
export function mix(key: number, n: number): number {
  let x = (key + Math.imul(n, golden)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Mean 0 and deviation 1, near enough to normal and never beyond 3.5: the sum of a hash's four bytes. */
export function gauss(hash: number): number {
  return (
    ((hash & 255) + ((hash >>> 8) & 255) + ((hash >>> 16) & 255) + (hash >>> 24) - 510) / 147.8
  );
}

/** Between 0 and 1, 1 excluded. */
export function unit(hash: number): number {
  return (hash >>> 0) / 4_294_967_296;
}

export function hashText(text: string): number {
  let x = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) x = Math.imul(x ^ text.charCodeAt(i), 0x01000193);
  return mix(x, text.length);
}

/** A seed of any size as a key; its bits above the 32nd count too. */
export function seedKey(seed: number): number {
  return mix(mix(0x6a09e667, seed | 0), Math.floor(seed / 4_294_967_296) | 0);
}
