import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

// far from the desk (and with changes of clocks): a time of the browser's own would show
process.env['TZ'] = 'America/New_York';

export default defineConfig({
  plugins: [vue()],
  test: {
    environment: 'happy-dom',
    include: ['{widget,console}/tests/**/*.test.ts'],
    restoreMocks: true,
    // its components bring style sheets, which only Vite can read
    server: { deps: { inline: ['element-plus'] } },
  },
});
