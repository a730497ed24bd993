// `npm run format`: gives every file its one shape, and mends what lint can mend by itself.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const options = { cwd: root, stdio: 'inherit' } as const;
const lint = spawnSync('eslint', ['.', '--fix'], options);
const format = spawnSync('prettier', ['--write', '--log-level=warn', '.'], options);
process.exitCode = Math.max(lint.status ?? 1, format.status ?? 1);
