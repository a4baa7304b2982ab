/** Light or dark: as the system has it, or as the reader has chosen. Charts take their colours from `palette`. */
import { computed, effect, signal } from '@preact/signals';
import { DARK_PALETTE, FILE_PALETTE, type Palette, paletteVariables } from '../../src/app/report/theme.ts';

export const APPEARANCES = ['system', 'light', 'dark'] as const;
export type Appearance = (typeof APPEARANCES)[number];

const STORAGE_KEY = 'hesscope.appearance';

function storedAppearance(): Appearance {
  const stored = localStorage.getItem(STORAGE_KEY);
  return APPEARANCES.find((appearance) => appearance === stored) ?? 'system';
}

/** What the reader has chosen; kept by the browser. */
export const appearance = signal<Appearance>(storedAppearance());

const systemIsDark = signal(matchMedia('(prefers-color-scheme: dark)').matches);

/** Whether the page is dark now. */
export const isDark = computed(() =>
  appearance.value === 'system' ? systemIsDark.value : appearance.value === 'dark',
);

/** Literal colours for what is drawn on canvas. */
export const palette = computed<Palette>(() => (isDark.value ? DARK_PALETTE : FILE_PALETTE));

/** Follows the system and the reader's choice from now on. */
export function followAppearance(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
    systemIsDark.value = event.matches;
  });
  effect(() => {
    const { dataset, style } = document.documentElement;
    dataset.appearance = isDark.value ? 'dark' : 'light';
    for (const [name, colour] of paletteVariables(palette.value)) style.setProperty(`--${name}`, colour);
  });
  effect(() => localStorage.setItem(STORAGE_KEY, appearance.value));
}
