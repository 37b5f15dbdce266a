/** The dialogs over a conversation. */
export type PaneDialog = 'wrapUp' | 'transfer' | 'return' | 'ticket' | 'labels' | 'reveal';
