import { createActivityService } from '../activity-service.ts';
import { createStreamService } from '../stream-service.ts';
import { createFunctionRecords } from './function-records.ts';
import { createFunctionService, type FunctionServiceComponents } from './function-service.ts';
import { createViewService } from './view-service.ts';
import type { RecordStore } from '../../storage/record-store.ts';

/** The stream for programs, the functions that run on it, and the views. */
export function createFunctionParts(
  components: Omit<FunctionServiceComponents, 'kept' | 'wall' | 'folder'> & {
    readonly records: RecordStore;
    readonly installed: Partial<Pick<FunctionServiceComponents, 'wall' | 'folder'>> | undefined;
    readonly stopping: AbortSignal;
  },
) {
  const { records, installed } = components;
  const kept = createFunctionRecords({ records });
  const functions = createFunctionService({
    ...components,
    kept,
    wall: installed?.wall,
    folder: installed?.folder,
  });
  return {
    functions,
    activity: createActivityService({ ...components, functionNames: () => functions.names() }),
    views: createViewService(components),
    streams: createStreamService(components),
  };
}
