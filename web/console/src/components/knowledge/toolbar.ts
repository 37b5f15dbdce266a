/** A text with what is selected of it; the tools of the answer change both. */
export interface Selected {
  text: string;
  start: number;
  end: number;
}

/** The selection in bold, or not any more. */
export function bold({ text, start, end }: Selected): Selected {
  const chosen = text.slice(start, end);
  const outside = text.slice(0, start).endsWith('**') && text.slice(end).startsWith('**');
  if (outside) {
    return {
      text: text.slice(0, start - 2) + chosen + text.slice(end + 2),
      start: start - 2,
      end: end - 2,
    };
  }
  if (/\n|\*\*/.test(chosen)) {
    const lines = boldLines(chosen);
    return {
      text: text.slice(0, start) + lines + text.slice(end),
      start,
      end: start + lines.length,
    };
  }
  return {
    text: `${text.slice(0, start)}**${chosen}**${text.slice(end)}`,
    start: start + 2,
    end: end + 2,
  };
}

/** What is bold ends with its line; a selection that has bold in it is bold as a whole, or plain. */
function boldLines(chosen: string): string {
  const marked = /^(\s*(?:[-*][ \t]+)?)\*\*([^*]+)\*\*(\s*)$/;
  const lines = chosen.split('\n');
  const all = lines.every((line) => line.trim() === '' || marked.test(line));
  return lines
    .map((line) => {
      const [, before = '', words = '', after = ''] =
        /^(\s*(?:[-*][ \t]+)?)(.*?)(\s*)$/.exec(line.replaceAll('**', '')) ?? [];
      return words === '' || all ? before + words + after : `${before}**${words}**${after}`;
    })
    .join('\n');
}

/** The selection as the words of a link; without one the address is the words. */
export function link({ text, start, end }: Selected, words: string, address: string): Selected {
  return put({ text, start, end }, `[${words.trim() || address}](${address})`);
}

/** A picture of the knowledge base in place of the selection. */
export function picture(selected: Selected, shows: string, id: string): Selected {
  return put(selected, `![${shows.replace(/[[\]\n]/g, ' ').trim()}](attachment:${id})`);
}

function put({ text, start, end }: Selected, piece: string): Selected {
  const after = start + piece.length;
  return { text: text.slice(0, start) + piece + text.slice(end), start: after, end: after };
}

const BULLET = /^[ \t]*[-*][ \t]+/;

/** The lines of the selection as a list, or not any more. */
export function list({ text, start, end }: Selected): Selected {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', Math.max(start, end));
  const to = newline < 0 ? text.length : newline;
  const lines = text.slice(from, to).split('\n');
  const all = lines.every((line) => BULLET.test(line) || line.trim() === '');
  const undo = all && lines.some((line) => BULLET.test(line));
  const changed = lines
    .map((line) => {
      if (undo) return line.replace(BULLET, '');
      return BULLET.test(line) || (line.trim() === '' && lines.length > 1) ? line : `- ${line}`;
    })
    .join('\n');
  const after = from + changed.length;
  return {
    text: text.slice(0, from) + changed + text.slice(to),
    start: lines.length > 1 ? from : after,
    end: after,
  };
}

/** An address that may stand in an answer, with `https://` put before it where that is missing. */
export function secureAddress(typed: string): string | null {
  const wanted = /^[a-z][a-z0-9+.-]*:/i.test(typed.trim())
    ? typed.trim()
    : `https://${typed.trim()}`;
  try {
    const { protocol, hostname, href } = new URL(wanted);
    if (protocol !== 'https:' || !hostname.includes('.')) return null;
    return href.replace(/\(/g, '%28').replace(/\)/g, '%29');
  } catch {
    return null;
  }
}
