/** What `hesscope data` and `hesscope model` share: a list of what can be fetched, and the fetching. */
import { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { nearMatches } from '../../names.ts';
import { type CatalogueKind, cacheFolder, placeOfEntry } from '../../network/catalogue/cache.ts';
import type { CatalogueEntry } from '../../network/catalogue/entry.ts';
import { fetchEntry } from '../hub/fetch-entry.ts';
import { formatBytes } from '../report/format.ts';
import { followFetch } from './follow-fetch.ts';

/** What distinguishes the two commands. */
export interface CatalogueCommand {
  readonly name: 'data' | 'model';
  readonly kind: CatalogueKind;
  /** For messages, for example `data set`. */
  readonly noun: string;
  readonly entries: Readonly<Record<string, CatalogueEntry>>;
  /** How a fetched entry is used, for a name. */
  readonly usage: (name: string) => string;
}

/** A command with the subcommands `list` and `get`. */
export function catalogueCommand(what: CatalogueCommand): Command {
  const [example = ''] = Object.keys(what.entries);
  const command = new Command(what.name).summary(
    `fetch a ${what.noun} by name, or list those that there are`,
  );
  command
    .command('list')
    .summary(`list the ${what.noun}s that can be fetched, and which are there`)
    .action(() => list(what));
  command
    .command('get')
    .argument('<name>', Object.keys(what.entries).join(', '))
    .summary(`fetch a ${what.noun} into the cache`)
    .description(
      `Fetches a ${what.noun} into the cache folder (HESSCOPE_CACHE, else hesscope under XDG_CACHE_HOME or ~/.cache). What a broken or stopped download has brought is kept and gone on from; every file is checked by its sha256.`,
    )
    .action((name: string) => get(what, name));
  return command.addHelpText(
    'after',
    `\nExamples:\n  $ hesscope ${what.name} list\n  $ hesscope ${what.name} get ${example}\n  $ ${what.usage(example)}`,
  );
}

async function list({ kind, entries }: CatalogueCommand): Promise<void> {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  for (const [name, entry] of Object.entries(entries)) {
    const isThere = (await placeOfEntry(kind, name, entry)) !== null;
    process.stdout.write(`${name.padEnd(width)}  ${entry.summary}${isThere ? ' (fetched)' : ''}\n`);
  }
  process.stdout.write(`\nCache: ${cacheFolder()}\n`);
}

async function get(what: CatalogueCommand, name: string): Promise<void> {
  const entry = Object.hasOwn(what.entries, name) ? what.entries[name] : undefined;
  if (!entry) {
    const near = nearMatches(name, Object.keys(what.entries));
    throw new UserError(
      `There is no ${what.noun} '${name}' in the catalogue; did you mean ${near.map((known) => `'${known}'`).join(', ')}?`,
    );
  }
  const { place, wasThere, receipt } = await followFetch(name, (observer) =>
    fetchEntry(what.kind, name, entry, observer, { huggingFace: process.env.HF_ENDPOINT }),
  );
  const bytes = receipt.files.reduce((sum, file) => sum + file.bytes, 0);
  process.stdout.write(
    `${name}: ${wasThere ? 'is there already' : `fetched ${formatBytes(bytes)}`}\nFrom:  ${entry.homepage}\nPlace: ${place}\nUse:   ${what.usage(name)}\n`,
  );
}
