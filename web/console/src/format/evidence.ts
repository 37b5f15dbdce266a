import type { MessageLabels } from '../../../shared/api';

export interface Piece {
  text: string;
  marked: boolean;
}

/** All words that decided the labels. */
export function evidenceOf(labels: MessageLabels): string[] {
  const { category, nature, impact, urgency, sentiment, anger } = labels;
  const words = [category, nature, impact, urgency, sentiment, anger].flatMap(
    (label) => label.evidence,
  );
  return [...new Set(words.filter((word) => word.trim() !== ''))];
}

/** `text` cut at the words, which are marked; overlapping words make one mark. */
export function mark(text: string, words: readonly string[]): Piece[] {
  const marked = new Array<boolean>(text.length).fill(false);
  const lower = text.toLowerCase();
  for (const word of words.filter(Boolean).map((each) => each.toLowerCase())) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
      marked.fill(true, at, at + word.length);
    }
  }
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const last = pieces.at(-1);
    const is = marked[at] === true;
    if (last && last.marked === is) last.text += text.charAt(at);
    else pieces.push({ text: text.charAt(at), marked: is });
  }
  return pieces;
}

interface Line {
  seq: number;
  author: string;
  text: string;
}

/** The customer's line that holds most of the words, the newest among equals. */
export function lineWith<T extends Line>(lines: readonly T[], words: readonly string[]): T | null {
  let best: T | null = null;
  let most = 0;
  for (const line of lines) {
    if (line.author !== 'customer') continue;
    const count = words.filter((word) => line.text.includes(word)).length;
    if (count > 0 && count >= most) [best, most] = [line, count];
  }
  return best;
}
