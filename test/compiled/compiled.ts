/** The sources as they were compiled before the tests. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Beside `src`, so that what lies at the root is found from it as from there. */
export const COMPILED_FOLDER = fileURLToPath(new URL('../../.compiled', import.meta.url));

/** The compiled file of a source. @param source its path below `src`, ending in `.ts`. */
export function compiledFile(source: string): string {
  return join(COMPILED_FOLDER, source.replace(/\.ts$/, '.js'));
}

/** The module of a source, compiled. @param source its path below `src`, ending in `.ts`. */
export function compiledModule<Module>(source: string): Promise<Module> {
  return import(pathToFileURL(compiledFile(source)).href) as Promise<Module>;
}
