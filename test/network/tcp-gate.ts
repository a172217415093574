import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire between two peers that can be cut in silence: it forwards TCP to a port, or nothing. */
export interface TcpGate {
  readonly port: number;
  /** Connections stay open, but no byte passes; new ones are accepted and say nothing. */
  cut(): void;
  /** New connections pass again; those from before end. */
  heal(): void;
  close(): Promise<void>;
}

export async function createTcpGate(target: () => number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  let open = true;
  const server: Server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => near.destroy());
    near.on('close', () => sockets.delete(near));
    if (!open) return;
    const far = connect(target(), '127.0.0.1');
    sockets.add(far);
    far.on('error', () => near.destroy());
    far.on('close', () => {
      sockets.delete(far);
      near.destroy();
    });
    near.on('close', () => far.destroy());
    near.on('data', (bytes) => open && far.write(bytes));
    far.on('data', (bytes) => open && near.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      open = false;
    },
    heal() {
      open = true;
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
