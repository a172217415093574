/**
 * The window's one origin. Not file:// — that one may read the disk; not http — anybody serves
 * that.
 */
export const APP_SCHEME = 'app';
export const APP_HOST = 'carrossel';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;

/** True for an address of our own page (compared as text: `app:` is no scheme `URL` knows well). */
export function isOwnAddress(url: string | undefined): boolean {
  return url !== undefined && (url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`));
}
