/**
 * Copies a text. The window may have no permission for the clipboard; then what `select` selects is
 * copied, which needs none. True if it is copied.
 */
export async function copyText(text: string, select: () => void): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select();
    return document.execCommand('copy');
  }
}
