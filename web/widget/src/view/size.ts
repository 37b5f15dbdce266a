/** A size in bytes for readers: `860 KB`, `1.4 MB`. */
export function sizeOf(bytes: number): string {
  const kilo = bytes / 1024;
  if (kilo < 1) return `${bytes} B`;
  if (kilo < 1000) return `${Math.round(kilo)} KB`;
  return `${(kilo / 1024).toFixed(1)} MB`;
}
