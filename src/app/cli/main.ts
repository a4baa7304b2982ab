#!/usr/bin/env node
/** The command `hesscope`. */
import { endQuietlyWithoutReader } from './exit.ts';
import { runCommandLine } from './program.ts';

endQuietlyWithoutReader(process.stdout);
endQuietlyWithoutReader(process.stderr);
await runCommandLine(process.argv.slice(2));
