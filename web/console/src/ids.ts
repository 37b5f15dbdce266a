/** A key of one's own for what is sent, so that it cannot arrive twice. */
export function newClientId(): string {
  // `crypto.randomUUID` is missing on pages without TLS
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
