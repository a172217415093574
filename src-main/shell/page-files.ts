import { readFile } from 'node:fs/promises';
import { extname, join, normalize, resolve, sep } from 'node:path';

/**
 * The built page (dist/renderer), as the loopback server and Electron's app:// scheme give it out.
 */

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

/** On every answer of ours, page and API alike. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=(), usb=()',
  'cache-control': 'no-store',
};

/** Names that say what is in the file (`index-CSHDvOoc.js`), as the build gives them. */
const NAMED_BY_CONTENT = /^\/assets\/[^/]+-[\w-]{8}\.\w+$/;

export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** What to tell of it: its type, and whether it has to be asked for again. */
  readonly headers: Readonly<Record<'content-type' | 'cache-control', string>>;
}

/**
 * The file for a URL path (`/` is index.html), or undefined: not there, outside the folder, of a
 * type that no page of ours has, or a path that is not well-formed.
 */
export async function readPageFile(root: string, pathname: string): Promise<PageFile | undefined> {
  const folder = resolve(root);
  let wanted: string;
  try {
    wanted = decodeURIComponent(pathname === '/' ? '/index.html' : pathname);
  } catch {
    return undefined;
  }
  if (wanted.includes('\0')) return undefined;
  const file = join(folder, normalize(wanted));
  if (!file.startsWith(folder + sep)) return undefined;
  const type = TYPES[extname(file)];
  if (type === undefined) return undefined;
  try {
    const body = new Uint8Array(await readFile(file));
    const stays = NAMED_BY_CONTENT.test(wanted);
    const kept = stays ? 'private, max-age=31536000, immutable' : 'no-store';
    return { body, headers: { 'content-type': type, 'cache-control': kept } };
  } catch {
    return undefined;
  }
}
