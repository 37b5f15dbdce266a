/** The keys of the console by place; texts under `keys.<place>.<text>`. */
export const SHORTCUTS: readonly {
  place: 'anywhere' | 'list' | 'conversation' | 'composer' | 'review';
  rows: readonly (readonly [keys: readonly string[], text: string])[];
}[] = [
  {
    place: 'anywhere',
    rows: [
      [['Ctrl + K'], 'palette'],
      [['?'], 'help'],
      [['Esc'], 'leave'],
    ],
  },
  {
    place: 'list',
    rows: [
      [['J', 'K', '↓', '↑'], 'move'],
      [['Enter'], 'open'],
      [['1', '…', '8'], 'view'],
      [['F'], 'filter'],
      [['A'], 'next'],
    ],
  },
  {
    place: 'conversation',
    rows: [
      [['T'], 'take'],
      [['R'], 'reply'],
      [['N'], 'note'],
      [['X'], 'transfer'],
      [['G'], 'ticket'],
      [['L'], 'labels'],
      [['C'], 'customer'],
      [['E'], 'close'],
    ],
  },
  {
    place: 'composer',
    rows: [
      [['Enter'], 'send'],
      [['Shift + Enter'], 'line'],
      [['Ctrl + /'], 'note'],
      [['/'], 'canned'],
      [['@'], 'mention'],
      [['Alt + M'], 'macro'],
      [['Alt + K'], 'knowledge'],
      [['Alt + 1', '2', '3'], 'insert'],
    ],
  },
  {
    place: 'review',
    rows: [
      [['Y'], 'right'],
      [['1', '…', '9'], 'choose'],
      [['N'], 'other'],
      [['S'], 'skip'],
      [['U'], 'undo'],
      [['J', 'K', '↓', '↑'], 'move'],
    ],
  },
];
