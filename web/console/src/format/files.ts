import type { Attachment } from '../../../shared/api';

/** A size in bytes for readers: `860 KB`, `1.4 MB`. */
export function fileSize(bytes: number): string {
  const kilo = bytes / 1024;
  if (kilo < 1) return `${bytes} B`;
  if (kilo < 1000) return `${Math.round(kilo)} KB`;
  return `${(kilo / 1024).toFixed(1)} MB`;
}

/** What the desk lets a browser show in place (api/attachments/kinds.py). */
const SHOWN = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

export function isPicture(file: Attachment): boolean {
  return SHOWN.has(file.media_type);
}

/** Where staff find a file. */
export function addressOf(file: Attachment): string {
  return `/api/v1/attachments/${file.id}`;
}
