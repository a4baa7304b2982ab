#!/usr/bin/env node
/** The command `hesscope`. */
import { runCommandLine } from './program.ts';

await runCommandLine(process.argv.slice(2));
