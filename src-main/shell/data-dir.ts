import { join, resolve } from 'node:path';

/**
 * Where the data of this machine's peer is: --data, $CARROSSEL_DATA, or the system's place for
 * it.
 */
export function dataDirOf(
  given: string | undefined,
  world: {
    readonly platform: NodeJS.Platform;
    readonly homeDir: string;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): string {
  const { platform, homeDir, env } = world;
  const named = [given, env['CARROSSEL_DATA']].find((dir) => dir !== undefined && dir !== '');
  if (named !== undefined) return resolve(named);
  switch (platform) {
    case 'darwin':
      return join(homeDir, 'Library', 'Application Support', 'Carrossel');
    case 'win32':
      return join(env['LOCALAPPDATA'] ?? join(homeDir, 'AppData', 'Local'), 'Carrossel');
    default:
      return join(env['XDG_DATA_HOME'] ?? join(homeDir, '.local', 'share'), 'carrossel');
  }
}
