/** What the desk would do with a message: `answer:KEY`, `suggestions:KEY,KEY`, `intent:NAME` … */
export interface Outcome {
  kind: string;
  keys: string[];
}

export function outcomeOf(text: string): Outcome {
  const [kind = '', about = ''] = text.split(/:(.*)/s);
  return { kind, keys: about.split(',').filter(Boolean) };
}
