import type { Attachment } from '../../../shared/api';
import { Refused, type VisitorApi } from './http';
import type { Visit } from './visit';

export const LARGEST_MB = 10;
export const MOST_FILES = 10;
const LARGEST = LARGEST_MB * 1024 * 1024;
const UNAUTHORISED = 401;
/** What the desk says of a file itself: empty, too large, of a kind it does not take. */
const FINAL = [400, 413, 415, 422];

/** What the desk takes; it goes by the content, this is only to say no before a long upload. */
const EXTENSIONS =
  'jpg jpeg jfif png gif webp bmp heic heif avif pdf doc docx xls xlsx ppt pptx odt ods odp ' +
  'txt csv log md tsv mp3 m4a ogg oga opus wav amr aac flac mp4 m4v mov webm 3gp';
const TAKEN = new Set(EXTENSIONS.split(' '));

/** For the `accept` of a file field. */
export const ACCEPT = `image/*,${[...TAKEN].map((extension) => `.${extension}`).join()}`;

/** A file that is sent up for the next message. */
export interface FileUnderway {
  key: string;
  name: string;
  size: number;
  /** Share that is there, 0–1. */
  share: number;
  /** Set once the desk has it. */
  attachment: Attachment | null;
  /** Null unless it failed; what the desk said, or nothing for the network. */
  problem: string | null;
  /** Whether another try could succeed: the desk does not take this file, whatever is tried. */
  again: boolean;
}

export type FileRefusal = 'fileEmpty' | 'fileTooLarge' | 'fileKind' | 'fileTooMany';

/** A file that is not even sent up. */
export interface RefusedFile {
  name: string;
  why: FileRefusal;
}

interface Upload {
  file: File;
  stop: AbortController;
}

/** Files of the message that is being written, and those of messages that are opened. */
export class Files {
  underway: readonly FileUnderway[] = [];
  refused: readonly RefusedFile[] = [];
  private readonly uploads = new Map<string, Upload>();
  private readonly contents = new Map<string, Promise<Blob>>();

  constructor(
    private readonly api: VisitorApi,
    private readonly visit: Visit,
    private readonly newId: () => string,
    private readonly events: { changed(): void; unauthorised(): void },
  ) {}

  /** Sends files up, except those that the desk would not take anyway. */
  add(files: Iterable<File>): void {
    const refused: RefusedFile[] = [];
    for (const file of files) {
      const why = refusalOf(file, this.underway.length);
      if (why) refused.push({ name: file.name, why });
      else this.begin(file);
    }
    this.refused = refused;
    this.events.changed();
  }

  retry(key: string): void {
    const upload = this.uploads.get(key);
    if (upload) void this.send(key, upload.file);
  }

  remove(key: string): void {
    this.forget(key);
    this.refused = [];
    this.set(this.underway.filter((file) => file.key !== key));
  }

  /** Hands over what is up, for a message. */
  take(): Attachment[] {
    const taken = this.underway.flatMap((file) => file.attachment ?? []);
    for (const file of this.underway) this.forget(file.key);
    this.refused = [];
    this.set([]);
    return taken;
  }

  /** The session is over, and what was sent up for it is lost. */
  lost(): void {
    this.set(
      this.underway.map((file) => ({ ...file, attachment: null, problem: '', again: true })),
    );
  }

  /** What was said about refused files has been read. */
  dismiss(): void {
    this.refused = [];
    this.events.changed();
  }

  stop(): void {
    for (const { stop } of this.uploads.values()) stop.abort();
  }

  /** The content of a file of a message; rejects when it cannot be had now. */
  open(id: string): Promise<Blob> {
    let content = this.contents.get(id);
    if (!content) {
      content = this.fetch(id);
      this.contents.set(id, content);
      content.catch(() => this.contents.delete(id));
    }
    return content;
  }

  private begin(file: File): void {
    const [key, { name, size }] = [this.newId(), file];
    const underway = { key, name, size, share: 0, attachment: null, problem: null, again: true };
    this.underway = [...this.underway, underway];
    void this.send(key, file);
  }

  private async send(key: string, file: File): Promise<void> {
    const stop = new AbortController();
    this.uploads.set(key, { file, stop });
    this.change(key, { share: 0, problem: null });
    let token: string | null = null;
    try {
      token = await this.visit.token();
      const told = (share: number): void => this.change(key, { share });
      const attachment = await this.api.upload(token, file, told, stop.signal);
      this.contents.set(attachment.id, Promise.resolve(file));
      this.change(key, { attachment, share: 1 });
    } catch (error) {
      if (stop.signal.aborted) return;
      const problem = error instanceof Refused ? error.body.message : '';
      this.change(key, { problem, again: !isFinal(error) });
      const unauthorised = error instanceof Refused && error.status === UNAUTHORISED;
      if (unauthorised && token === this.visit.current) this.events.unauthorised();
    }
  }

  private async fetch(id: string): Promise<Blob> {
    return this.api.file(await this.visit.token(), id);
  }

  private forget(key: string): void {
    this.uploads.get(key)?.stop.abort();
    this.uploads.delete(key);
  }

  private change(key: string, change: Partial<FileUnderway>): void {
    this.set(this.underway.map((file) => (file.key === key ? { ...file, ...change } : file)));
  }

  private set(files: readonly FileUnderway[]): void {
    this.underway = files;
    this.events.changed();
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof Refused && FINAL.includes(error.status);
}

function refusalOf(file: File, already: number): FileRefusal | null {
  if (already >= MOST_FILES) return 'fileTooMany';
  if (file.size === 0) return 'fileEmpty';
  if (file.size > LARGEST) return 'fileTooLarge';
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase();
  return extension === undefined || TAKEN.has(extension) ? null : 'fileKind';
}
