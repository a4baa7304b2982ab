/** What browsers are told of every answer. */

/** Pages and scripts from here alone, none of them written into a page; nobody may show the page in a frame. */
const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const STANDING_ALONE =
  "default-src 'none'; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'none'";

/**
 * Reports of runs bring a script and their pictures with them. They may come from elsewhere, so they are opened as pages of
 * nobody: their script reaches neither the API nor a cookie.
 */
export const REPORT_POLICY = `${STANDING_ALONE}; img-src data:; script-src 'unsafe-inline'; sandbox allow-scripts`;

/** Pages without scripts show pictures that lie beside them. */
export const SCRIPTLESS_POLICY = `${STANDING_ALONE}; img-src 'self' data:; script-src 'none'; sandbox allow-same-origin allow-popups`;

/** A picture that is opened by itself may not run what it may hold. */
export const PICTURE_POLICY = `${STANDING_ALONE}; img-src data:; sandbox`;

/** Set on every answer; a route may set others in their place. */
export const STANDARD_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};
