/** A libp2p address as people write one, “192.168.0.12:40122”; another kind as it is. */
export function addressWords(multiaddr: string): string {
  const [, kind, host, transport, port] = multiaddr.split('/');
  if (host === undefined || port === undefined || transport !== 'tcp') return multiaddr;
  return kind === 'ip6' ? `[${host}]:${port}` : `${host}:${port}`;
}
