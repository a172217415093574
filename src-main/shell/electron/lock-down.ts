import { shell } from 'electron/common';
import { app, protocol, type Session, type WebContents } from 'electron/main';
import { readPageFile, SECURITY_HEADERS } from '../page-files.ts';
import { APP_HOST, APP_SCHEME, isOwnAddress } from './app-origin.ts';

/** What no window may do, whatever its page turns into (STACK §7). */

/** Before `ready`: sandbox for all, our scheme as a secure origin, guards on every web contents. */
export function lockDownApp(): void {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents);
  });
}

function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (details) => {
    if (!isOwnAddress(details.url)) details.preventDefault();
  });
  contents.on('will-frame-navigate', (details) => {
    if (!isOwnAddress(details.url)) details.preventDefault();
  });
  contents.on('will-redirect', (details) => {
    if (!isOwnAddress(details.url)) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (isWebAddress(url)) void shell.openExternal(url).catch(() => undefined);
    return { action: 'deny' };
  });
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:';
}

/**
 * For the one session our windows use: files of the page, the camera while a QR code is scanned,
 * nothing else.
 */
export function lockDownSession(
  session: Session,
  pageRoot: string,
  mayUseCamera: () => boolean,
): void {
  session.protocol.handle(APP_SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.host !== APP_HOST || request.method !== 'GET') {
      return new Response(null, { status: 403, headers: SECURITY_HEADERS });
    }
    const file = await readPageFile(pageRoot, url.pathname);
    if (!file) return new Response(null, { status: 404, headers: SECURITY_HEADERS });
    return new Response(file.body, { headers: { ...SECURITY_HEADERS, ...file.headers } });
  });
  session.setPermissionRequestHandler((_contents, permission, done, details) => {
    const video = 'mediaTypes' in details && details.mediaTypes?.join() === 'video';
    const ours = isOwnAddress(details.requestingUrl);
    done(permission === 'media' && video && ours && mayUseCamera());
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) =>
      permission === 'media' && isOwnAddress(origin.replace(/\/$/, '')) && mayUseCamera(),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, done) => {
    done({ cancel: !/^(app|devtools|blob|data):/.test(details.url) });
  });
}
