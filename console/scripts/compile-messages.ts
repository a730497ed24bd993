// Compiles messages once. A command of its own, because the compiler leaves timers behind that keep a build waiting
// for half a minute.
import { compile } from '@inlang/paraglide-js';
import { messageCompilerOptions } from '../messages.config.ts';

await compile(messageCompilerOptions());
process.exit(0);
