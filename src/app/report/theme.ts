/**
 * Colours and fonts of the report. A chart is drawn with one palette: with literal colours for a file
 * that stands alone, or with CSS variables inside the page, where they follow light and dark.
 */

import { BLOCK_KINDS, type BlockKind } from '../../network/models/model.ts';

/** Font families in order of preference; DejaVu Sans is the one bundled for PNG. */
export const FONT_FAMILY = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";

const KIND_LABELS: Readonly<Record<BlockKind, string>> = {
  embedding: 'embedding',
  'patch-embedding': 'patch embedding',
  'class-token': 'class token',
  query: 'query',
  key: 'key',
  value: 'value',
  'query-key-value': 'query, key and value',
  'attention-projection': 'attention projection',
  'mlp-fc': 'MLP fc',
  'mlp-projection': 'MLP projection',
  'token-mixing': 'token mixing',
  'channel-mixing': 'channel mixing',
  'state-input': 'state input',
  'state-selection': 'state selection',
  'time-step': 'time step',
  'state-decay': 'state decay',
  'state-skip': 'state skip',
  'state-output': 'state output',
  conv: 'convolution',
  linear: 'linear',
  pooler: 'pooler',
  'prediction-transform': 'prediction transform',
  output: 'output',
  norm: 'normalisation',
  bias: 'bias',
};

/** The colours of one chart; each a CSS colour. */
export interface Palette {
  readonly background: string;
  /** Text and axes. */
  readonly ink: string;
  /** Secondary text. */
  readonly muted: string;
  /** Grid lines and separators. */
  readonly faint: string;
  /** Fill of cells without a value. */
  readonly missing: string;
  /** The main curve of a chart with one subject. */
  readonly accent: string;
  readonly kinds: Readonly<Record<BlockKind, string>>;
  readonly otherKind: string;
  /** Distinct colours for curves that are compared in one chart. */
  readonly series: readonly string[];
}

const LIGHT: Palette = {
  background: '#ffffff',
  ink: '#1d2430',
  muted: '#5b6575',
  faint: '#dfe3ea',
  missing: '#c9ced6',
  accent: '#2f5fb3',
  kinds: {
    embedding: '#6f4fb0',
    'patch-embedding': '#9a6bd0',
    'class-token': '#8d7a2f',
    query: '#cf3f4f',
    key: '#e2872a',
    value: '#b59410',
    'query-key-value': '#b8432f',
    'attention-projection': '#c2589b',
    'mlp-fc': '#2677b8',
    'mlp-projection': '#2a9d8f',
    'token-mixing': '#d1495b',
    'channel-mixing': '#1f7fa6',
    'state-input': '#2677b8',
    'state-selection': '#cf3f4f',
    'time-step': '#e2872a',
    'state-decay': '#b59410',
    'state-skip': '#8d7a2f',
    'state-output': '#2a9d8f',
    conv: '#3a5fc4',
    linear: '#4a9150',
    pooler: '#5d8a2f',
    'prediction-transform': '#7a4a63',
    output: '#4b5563',
    norm: '#7fa3b8',
    bias: '#a3764f',
  },
  otherKind: '#8a8f98',
  series: ['#6f4fb0', '#cf3f4f', '#e2872a', '#2677b8', '#2a9d8f', '#4b5563'],
};

/** Literal dark colours: for pages that choose between light and dark themselves. */
export const DARK_PALETTE: Palette = {
  background: '#14181f',
  ink: '#e6e9ef',
  muted: '#9aa4b4',
  faint: '#2c3440',
  missing: '#4a5361',
  accent: '#7fa8f5',
  kinds: {
    embedding: '#a98fe8',
    'patch-embedding': '#c6a6f2',
    'class-token': '#c9b56a',
    query: '#f0717e',
    key: '#f3a552',
    value: '#d8bb3c',
    'query-key-value': '#ea8a74',
    'attention-projection': '#e38cc2',
    'mlp-fc': '#5fabe6',
    'mlp-projection': '#54c7b8',
    'token-mixing': '#f2808f',
    'channel-mixing': '#62bddf',
    'state-input': '#5fabe6',
    'state-selection': '#f0717e',
    'time-step': '#f3a552',
    'state-decay': '#d8bb3c',
    'state-skip': '#c9b56a',
    'state-output': '#54c7b8',
    conv: '#7d9bf2',
    linear: '#7cc683',
    pooler: '#a3cf74',
    'prediction-transform': '#c795ad',
    output: '#aab4c2',
    norm: '#a5c3d4',
    bias: '#cba37f',
  },
  otherKind: '#a4abb6',
  series: ['#a98fe8', '#f0717e', '#f3a552', '#5fabe6', '#54c7b8', '#aab4c2'],
};

/** Literal light colours: for SVG and PNG files that stand alone. */
export const FILE_PALETTE: Palette = LIGHT;

/** CSS variables: for charts inside the page, which defines them by `paletteCss`. */
export const PAGE_PALETTE: Palette = {
  background: 'var(--background)',
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  faint: 'var(--faint)',
  missing: 'var(--missing)',
  accent: 'var(--accent)',
  kinds: Object.fromEntries(BLOCK_KINDS.map((kind) => [kind, `var(--kind-${kind})`])) as Record<
    BlockKind,
    string
  >,
  otherKind: 'var(--kind-other)',
  series: LIGHT.series.map((_, index) => `var(--series-${index})`),
};

/** A palette as names and values of the CSS variables that `PAGE_PALETTE` refers to. */
export function paletteVariables(palette: Palette): [name: string, colour: string][] {
  return [
    ['background', palette.background],
    ['ink', palette.ink],
    ['muted', palette.muted],
    ['faint', palette.faint],
    ['missing', palette.missing],
    ['accent', palette.accent],
    ...BLOCK_KINDS.map((kind): [string, string] => [`kind-${kind}`, palette.kinds[kind]]),
    ['kind-other', palette.otherKind],
    ...palette.series.map((colour, index): [string, string] => [`series-${index}`, colour]),
  ];
}

function declarations(palette: Palette): string {
  return paletteVariables(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

/** The CSS that gives `PAGE_PALETTE` its colours, light and dark. */
export function paletteCss(): string {
  return `:root{color-scheme:light dark;${declarations(LIGHT)}}\n@media (prefers-color-scheme:dark){:root{${declarations(DARK_PALETTE)}}}`;
}

function isKind(kind: string): kind is BlockKind {
  return (BLOCK_KINDS as readonly string[]).includes(kind);
}

/** The colour of a kind of block; unknown kinds share a grey. */
export function kindColour(palette: Palette, kind: string): string {
  return isKind(kind) ? palette.kinds[kind] : palette.otherKind;
}

/** A kind of block in words for a legend. */
export function kindLabel(kind: string): string {
  return isKind(kind) ? KIND_LABELS[kind] : kind;
}

/** The kinds among `kinds`, each once, in the order of the legend; unknown ones last. */
export function orderedKinds(kinds: Iterable<string>): string[] {
  const present = new Set(kinds);
  const known: string[] = BLOCK_KINDS.filter((kind) => present.has(kind));
  return [...known, ...[...present].filter((kind) => !isKind(kind)).sort()];
}
