/** What can be fetched by name, and where it is once it has been. The fetching itself is the app's. */
import { placeOfEntry } from './cache.ts';
import { DATA_SETS } from './data-sets.ts';
import { PRETRAINED_MODELS } from './models.ts';

export { DATA_SETS } from './data-sets.ts';
export { PRETRAINED_MODELS } from './models.ts';

/** Where a data set of the catalogue is; null when there is none of that name, or it was not fetched. */
export async function cachedData(name: string): Promise<string | null> {
  const entry = Object.hasOwn(DATA_SETS, name) ? DATA_SETS[name] : undefined;
  return entry ? placeOfEntry('data', name, entry) : null;
}

/** The folder of a pretrained model of the catalogue; null when there is none of that name, or it was not fetched. */
export async function cachedModel(name: string): Promise<string | null> {
  const entry = Object.hasOwn(PRETRAINED_MODELS, name) ? PRETRAINED_MODELS[name] : undefined;
  return entry ? placeOfEntry('models', name, entry) : null;
}
