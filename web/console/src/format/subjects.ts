/** The page of what an alert, deadline or notification is about; null when there is none. */
export function placeOfSubject(kind: string, id: string, title: string): string | null {
  switch (kind) {
    case 'conversation':
      return `/desk/open/${id}`;
    case 'ticket':
      return `/tickets/${numberIn(title)}`;
    case 'incident':
      return `/incidents/${numberIn(title)}`;
    case 'customer':
      return `/customers/${id}`;
    case 'follow_up':
      return '/follow-ups';
    case 'appointment':
      return '/appointments';
    case 'desk':
      return '/wall';
    default:
      return null;
  }
}

/** Tickets and incidents are called by their number first: `I20260310-002 支付故障`. */
function numberIn(title: string): string {
  return encodeURIComponent(title.trim().split(/\s/)[0] ?? '');
}
