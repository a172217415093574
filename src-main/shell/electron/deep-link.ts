/**
 * `carrossel://…` links the system hands to the app: by argument (Linux, Windows) or event
 * (macOS).
 */

const LINK = /^carrossel:\/\/(join|share)\/[\w-]{1,4000}$/;

/** The link, if it is one of ours and well-formed; anything else is ignored. */
export function deepLinkOf(text: string | undefined): string | undefined {
  return text !== undefined && LINK.test(text) ? text : undefined;
}

/** The first link among a command line's words. */
export function findDeepLink(words: readonly string[]): string | undefined {
  return words.find((word) => LINK.test(word));
}

/** The page's address, with the link for it in the fragment (the page clears it). */
export function pageAddress(origin: string, link: string | undefined): string {
  const page = `${origin}/index.html`;
  return link === undefined ? page : `${page}#link=${encodeURIComponent(link)}`;
}
