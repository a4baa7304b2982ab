import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The command as it is built. */
export const HESSCOPE = fileURLToPath(new URL('../../dist/app/cli/main.js', import.meta.url));

if (!existsSync(HESSCOPE)) throw new Error(`expected ${HESSCOPE}, found nothing: run npm run build first`);
