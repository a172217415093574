/** Exports, imports and catalogues in the shape of the contract. */
import { createOnce, type First } from '../app-api.ts';
import type { AppParts } from '../app-parts.ts';
import type { CallContext } from '../call-context.ts';

export function createArchiveApi({ exports, imports }: AppParts) {
  return {
    export: (input: First<typeof exports.run>, call: CallContext = {}) =>
      exports.run(input, call.signal),
    open: (input: First<typeof imports.open>) => imports.open(input),
    check: (input: First<typeof imports.check>) => imports.check(input),
    write: (input: First<typeof imports.write>) => imports.write(input),
  };
}

export function createCatalogueApi(parts: AppParts) {
  const { catalogue } = parts;
  const once = createOnce(parts);
  return {
    preview: (input: First<typeof catalogue.preview>) => catalogue.preview(input),
    import: once('catalogue.import', catalogue.import),
  };
}
