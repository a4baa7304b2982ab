/** Text that stands in SVG and HTML. */

/** Text without the characters that XML 1.0 has no way to write. */
export function writable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be dropped.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
}

/** Text made safe for an element or a quoted attribute of SVG and HTML alike; control characters are dropped. */
export function escapeMarkup(text: string): string {
  return writable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
