// `npm run screenshots`: pictures of every page of the console, in both languages and themes, of a Nephos of its own.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { takeScreenshots } from '../test/e2e/screenshots.ts';

const { values } = parseArgs({
  options: {
    // Only pages whose name holds this.
    only: { type: 'string', default: '' },
    phone: { type: 'boolean', default: false },
  },
});
const folder = path.resolve(import.meta.dirname, '../.cache/screenshots');
await takeScreenshots({ folder, only: values.only, isPhone: values.phone });
console.log(`file://${folder}/index.html`);
