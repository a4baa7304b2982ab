/** What keeps Node's own modules out of the page. */
import { isBuiltin } from 'node:module';
import type { Plugin } from 'vite';

/**
 * Ends the build when a file of the page, or one that it imports, needs Node.
 * Vite would put an empty module in its place, and the page would fail where it is used.
 */
export function refuseNodePlugin(): Plugin {
  return {
    name: 'hesscope-refuse-node',
    enforce: 'pre',
    resolveId(id, importer) {
      if (isBuiltin(id))
        this.error(
          `The page must run without Node, found '${id}' imported by ${importer}; put what needs it into a file of its own.`,
        );
      return null;
    },
  };
}
