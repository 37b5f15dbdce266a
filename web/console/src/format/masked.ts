/** Whether the desk has hidden numbers in a text: `138****6721`, `****1234`. */
export function hidesNumbers(text: string): boolean {
  return /\*{3,}\d/.test(text);
}
