import type { VisitorSession } from '../../../shared/api';
import type { Store } from './store';

/** What the browser keeps between two visits. */
export interface Kept {
  token: string;
  /** Newest `seq` the visitor has seen. */
  seen: number;
  /** The visitor did not want to answer the survey; they are not asked again. */
  surveySkipped?: boolean;
}

/** Who the visitor is to the desk, over reloads of the page. */
export class Visit {
  private opening: Promise<string> | null = null;

  constructor(
    private readonly store: Store<Kept>,
    private readonly openSession: () => Promise<VisitorSession>,
  ) {}

  /** The token at hand; null before the first session. */
  get current(): string | null {
    return this.store.read()?.token ?? null;
  }

  get seen(): number {
    return this.store.read()?.seen ?? 0;
  }

  get surveySkipped(): boolean {
    return this.store.read()?.surveySkipped ?? false;
  }

  /** The token, from a session that is opened if there is none; two that ask get the same. */
  async token(): Promise<string> {
    const kept = this.store.read();
    if (kept) return kept.token;
    this.opening ??= this.open().finally(() => (this.opening = null));
    return this.opening;
  }

  /** Remembers that everything up to `seq` was seen; false when that was known. */
  see(seq: number): boolean {
    return seq > this.seen && this.keep({ seen: seq });
  }

  skipSurvey(): void {
    this.keep({ surveySkipped: true });
  }

  end(): void {
    this.store.write(null);
  }

  private async open(): Promise<string> {
    const { token } = await this.openSession();
    this.store.write({ token, seen: 0 });
    return token;
  }

  private keep(change: Partial<Kept>): boolean {
    const kept = this.store.read();
    if (kept) this.store.write({ ...kept, ...change });
    return kept !== null;
  }
}
