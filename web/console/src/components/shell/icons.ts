/** Line drawings on a 20 × 20 grid; they say nothing that their label does not. */
export const PATHS = {
  desk: 'M3 4.5h14v9H9l-4 3.5v-3.5H3z',
  tickets: 'M3 5.5h14v3a1.8 1.8 0 0 0 0 3.5v3H3v-3a1.8 1.8 0 0 0 0-3.5zM8 8h5M8 12h5',
  customers:
    'M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM3.6 17c.6-3.4 3-5 6.4-5s5.8 1.6 6.4 5',
  appointments: 'M3.5 5h13v12h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5M7 12h2M11.5 12h2',
  'follow-ups':
    'M5 3.5c-1.5 1-1.8 2.5-1 4.8 1.4 3.8 4 6.4 7.7 7.7 2.3.8 3.8.5 4.8-1l-3.2-2.8-1.9 1.2c-1.8-.8-3-2-3.8-3.8l1.2-1.9z',
  knowledge:
    'M10 5.5C8 4 5.5 3.8 3 4v11.5c2.5-.2 5 0 7 1.5 2-1.5 4.5-1.7 7-1.5V4c-2.5-.2-5 0-7 1.5zM10 5.5V17',
  material: 'M4 4h8.5L16 7.5V16H4zM12 4v4h4M7 10h6M7 13h4',
  wall: 'M3 4h14v9.5H3zM7 17h6M10 13.5V17M6 10.5V9M9 10.5V7M12 10.5V8M14.5 10.5V6',
  alerts: 'M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.3v.2',
  review: 'M3 5.5h9M3 10h6M3 14.5h5M10.5 13.2l2.3 2.3 4.7-5',
  training: 'M10 3 17 6.5 10 10 3 6.5zM3 10l7 3.5 7-3.5M3 13.5 10 17l7-3.5',
  audit: 'M10 2.8 16.5 5v5c0 3.8-2.6 6-6.5 7.3C6.1 16 3.5 13.8 3.5 10V5zM7 9.8l2.2 2.2L13.2 8',
  settings: 'M3 6h7M14 6h3M12 4v4M3 14h3M10 14h7M8 12v4M3 10h10.5M17 10h0M15.2 8v4',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  bell: 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13zM8.3 17h3.4',
} as const;
export type IconName = keyof typeof PATHS;
