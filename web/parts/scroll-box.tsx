/** What is wider than the screen: it scrolls by itself, by keys too. */
import type { ComponentChildren } from 'preact';

export interface ScrollBoxProps {
  /** What it holds, for those who do not see it. */
  readonly label: string;
  readonly children: ComponentChildren;
}

export function ScrollBox({ label, children }: ScrollBoxProps) {
  return (
    <section
      class="scroll"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keys
      tabIndex={0}
    >
      {children}
    </section>
  );
}
