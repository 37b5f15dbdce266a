// The shop page needs no bundler: the api serves index.html at `/` and the rest at `/demo/`.
import { cpSync } from 'node:fs';

for (const name of ['index.html', 'shop.css', 'shop.js']) {
  cpSync(new URL(name, import.meta.url), new URL(`../dist/demo/${name}`, import.meta.url));
}
