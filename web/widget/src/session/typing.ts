import type { Author } from '../../../shared/api';

/** Somebody who stopped typing does not say so. */
const FORGET_AFTER_MS = 8_000;
const TELL_EVERY_MS = 3_000;

/** Who is typing on the other side, and how often we say that the visitor is. */
export class Typing {
  author: Author | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly changed: () => void) {}

  seen(author: Author): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.over(), FORGET_AFTER_MS);
    this.set(author);
  }

  over(): void {
    clearTimeout(this.timer);
    this.set(null);
  }

  /** Is it time to tell the other side again? */
  shouldTell(now: number): boolean {
    if (now - this.toldAt < TELL_EVERY_MS) return false;
    this.toldAt = now;
    return true;
  }

  private set(author: Author | null): void {
    if (this.author === author) return;
    this.author = author;
    this.changed();
  }
}
