import type { ApiError } from '../api-error.ts';
import { en, type Messages } from '../i18n/en.ts';
import { createFormats, type Formats } from '../i18n/format.ts';
import { ptBR } from '../i18n/pt-br.ts';
import type { Locale, Preferences } from './preferences.svelte.ts';

export const DICTIONARIES: Readonly<Record<Locale, Messages>> = { en, 'pt-BR': ptBR };

/** The words and formats of the language in use; both change when the person changes it. */
export interface Language {
  readonly t: Messages;
  readonly formats: Formats;
  /** An error in words: the sentence of its code. */
  errorWords(error: ApiError): string;
}

export function createLanguage(preferences: Preferences): Language {
  const t = $derived(DICTIONARIES[preferences.locale]);
  const formats = $derived(createFormats(preferences.locale, t.app.justNow));
  return {
    get t() {
      return t;
    },
    get formats() {
      return formats;
    },
    errorWords: (error) => t.errors[error.code],
  };
}
