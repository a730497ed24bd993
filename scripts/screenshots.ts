// `npm run screenshots`: pictures of every page of the console, in both languages and themes, of a Nephos of its own.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { takeScreenshots } from '../test/e2e/screenshots.ts';

const { values } = parseArgs({
  options: {
    // Only pages whose name holds this.
    only: { type: 'string', default: '' },
    phone: { type: 'boolean', default: false },
    wide: { type: 'boolean', default: false },
  },
});
const folder = path.resolve(import.meta.dirname, '../.cache/screenshots');
const size = values.phone ? 'phone' : values.wide ? 'wide' : 'desktop';
await takeScreenshots({ folder, only: values.only, size });
console.log(`file://${folder}/index.html`);
