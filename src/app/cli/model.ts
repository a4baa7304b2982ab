/** `hesscope model`: pretrained models from the network. */
import type { Command } from 'commander';
import { PRETRAINED_MODELS } from '../../network/catalogue/index.ts';
import { catalogueCommand } from './catalogue-command.ts';

export function modelCommand(): Command {
  return catalogueCommand({
    name: 'model',
    kind: 'models',
    noun: 'pretrained model',
    entries: PRETRAINED_MODELS,
    usage: (name) => `hesscope spectrum --model ${name} --weights ${name}`,
  });
}
