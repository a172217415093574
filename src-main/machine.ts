import { stat, statfs } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { BlockList, createServer, isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { utf8 } from './base/bytes.ts';
import { sha256Hex } from './base/sha256.ts';

/**
 * Facts about the machine this peer runs on. Beside peer.ts: only it asks the real world for
 * them.
 */

/**
 * What this machine calls itself to the system, the same at every start: systemd's or D-Bus's id,
 * else the hardware addresses. Never leaves the machine as it is.
 */
export function machineIdentity(): string {
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      const id = readFileSync(file, 'utf8').trim();
      if (id !== '') return id;
    } catch {
      continue;
    }
  }
  const hardware = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((face) => !face.internal)
    .map((face) => face.mac)
    .sort();
  return `${hostname()} ${hardware.join(' ')}`;
}

/** 16 bytes (hex) that are equal for two peers of one machine, and tell nothing else. */
export function hostMark(ring: string): string {
  return sha256Hex(utf8(`carrossel/host/1 ${ring} ${machineIdentity()}`)).slice(0, 32);
}

export async function diskSpaceOf(
  dir: string,
): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | undefined> {
  try {
    const stats = await statfs(dir);
    return { freeBytes: stats.bavail * stats.bsize, totalBytes: stats.blocks * stats.bsize };
  } catch {
    return undefined;
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

/** The interface whose network the IP address is in; undefined when none is. */
export function interfaceTo(host: string): string | undefined {
  const version = isIP(host);
  if (version === 0) return undefined;
  const family = version === 4 ? 'IPv4' : 'IPv6';
  for (const [name, faces] of Object.entries(networkInterfaces())) {
    for (const { cidr, family: kind } of faces ?? []) {
      const [network, bits] = cidr?.split('/') ?? [];
      if (kind !== family || network === undefined || bits === undefined) continue;
      const inside = new BlockList();
      inside.addSubnet(network, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
      if (inside.check(host, version === 4 ? 'ipv4' : 'ipv6')) return name;
    }
  }
  return undefined;
}

/** True when nobody listens on the TCP port of this machine now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => {
      resolve(false);
    });
    probe.listen(port, '0.0.0.0', () => {
      probe.close(() => {
        resolve(true);
      });
    });
  });
}
