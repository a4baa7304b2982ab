/** `hesscope data`: data sets from the network. */
import type { Command } from 'commander';
import { DATA_SETS } from '../../network/catalogue/index.ts';
import { catalogueCommand } from './catalogue-command.ts';

export function dataCommand(): Command {
  return catalogueCommand({
    name: 'data',
    kind: 'data',
    noun: 'data set',
    entries: DATA_SETS,
    usage: (name) => `hesscope spectrum --data ${name}`,
  });
}
