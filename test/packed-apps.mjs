// What electron-builder has made: the unpacked app of each system.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where each system's unpacked app has its program and its resources. */
const SHAPES = [
  { folder: /^linux(-\w+)?-unpacked$/, program: 'carrossel', resources: 'resources' },
  { folder: /^win(-\w+)?-unpacked$/, program: 'Carrossel.exe', resources: 'resources' },
  {
    folder: /^mac(-\w+)?$/,
    program: 'Carrossel.app/Contents/MacOS/Carrossel',
    resources: 'Carrossel.app/Contents/Resources',
  },
];

/** In a folder of packages; `program` and `resources` are inside of each `folder`. */
export function packedApps(packages) {
  return readdirSync(packages).flatMap((name) => {
    const shape = SHAPES.find(({ folder }) => folder.test(name));
    return shape === undefined ? [] : [{ ...shape, folder: join(packages, name) }];
  });
}
