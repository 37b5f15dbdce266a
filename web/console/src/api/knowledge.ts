import type { Attachment } from '../../../shared/api';
import type {
  EntryContent,
  EntryPage,
  EntryVersion,
  FileFormat,
  KnowledgeChange,
  KnowledgeDraft,
  KnowledgeEntry,
  KnowledgeFilter,
  KnowledgeImport,
  KnowledgeList,
  SimilarList,
} from '../../../shared/api/knowledge';
import type { Request } from './http';
import type { Upload } from './upload';

/** Checks every question against all others. */
const SAVING_MS = 30_000;

/** The knowledge base: entries, their drafts and versions, imports. */
export class KnowledgeApi {
  constructor(private readonly request: Request) {}

  page(
    filter: KnowledgeFilter,
    cursor: string | null,
    limit: number,
    signal: AbortSignal,
  ): Promise<KnowledgeList> {
    const query = { ...filter, cursor: cursor ?? undefined, limit };
    return this.request('/knowledge', { query, signal });
  }

  open(key: string): Promise<EntryPage> {
    return this.request(at(key));
  }

  create(content: EntryContent, publish: boolean, note?: string): Promise<EntryPage> {
    const body = { content, publish, ...(note && { note }) };
    return this.request('/knowledge', { method: 'POST', body, patienceMs: SAVING_MS });
  }

  change(key: string, change: KnowledgeChange): Promise<KnowledgeEntry> {
    return this.request(at(key), { method: 'PUT', body: change, patienceMs: SAVING_MS });
  }

  /** `version` is that of the draft that was read, null for the first. */
  saveDraft(
    key: string,
    content: EntryContent,
    version: number | null,
    baseVersion: number | null,
  ): Promise<KnowledgeDraft> {
    const body = { content, version, base_version: baseVersion };
    return this.request(`${at(key)}/draft`, { method: 'PUT', body });
  }

  submit(key: string, version: number): Promise<KnowledgeDraft> {
    return this.request(`${at(key)}/draft/submit`, { method: 'POST', body: { version } });
  }

  publish(key: string, version: number, note?: string): Promise<EntryPage> {
    const body = { version, ...(note && { note }) };
    const options = { method: 'POST', body, patienceMs: SAVING_MS } as const;
    return this.request(`${at(key)}/draft/publish`, options);
  }

  discard(key: string, version: number): Promise<void> {
    return this.request(`${at(key)}/draft/discard`, { method: 'POST', body: { version } });
  }

  async versions(key: string): Promise<EntryVersion[]> {
    return (await this.request<{ items: EntryVersion[] }>(`${at(key)}/versions`)).items;
  }

  /** `current` is the entry's version that was read. */
  restore(key: string, version: number, current: number): Promise<KnowledgeEntry> {
    const body = { version, current };
    return this.request(`${at(key)}/restore`, { method: 'POST', body, patienceMs: SAVING_MS });
  }

  similar(text: string, exceptKey: string | null, signal: AbortSignal): Promise<SimilarList> {
    const body = { text, ...(exceptKey !== null && { except_key: exceptKey }) };
    return this.request('/knowledge/similar', { method: 'POST', body, signal });
  }

  import(id: string): Promise<KnowledgeImport> {
    return this.request(`/knowledge/imports/${id}`);
  }
}

function at(key: string): string {
  return `/knowledge/${encodeURIComponent(key)}`;
}

/** Where a browser saves the whole knowledge base from, or a template to fill in. */
export function exportAddress(format: FileFormat, locale: string, template = false): string {
  const language = locale === 'en' ? 'en' : 'zh';
  const query = new URLSearchParams({ format, language, ...(template && { template: 'true' }) });
  return `/api/v1/knowledge/export?${query}`;
}

/** Files of the knowledge base on their way up. */
export function sendPicture(upload: Upload, file: File, signal: AbortSignal): Promise<Attachment> {
  return upload('/knowledge/pictures', file, () => {}, signal);
}

export function sendImport(
  upload: Upload,
  file: File,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<{ import_id: string }> {
  return upload('/knowledge/import', file, () => {}, signal, { dry_run: String(dryRun) });
}
