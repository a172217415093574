import { describe, expect, it } from 'vitest';
import {
  announcedOf,
  hostOf,
  isDialable,
  isLoopback,
  localAddresses,
  withoutPeer,
  withPeer,
} from '../../src-main/network/addresses.ts';

const PEER = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8';

describe('addresses', () => {
  it('announces no loopback when there is another address', () => {
    const listened = ['/ip4/127.0.0.1/tcp/1', '/ip4/192.168.1.7/tcp/1', '/ip6/::1/tcp/1'];
    expect(announcedOf(listened, String)).toEqual(['/ip4/192.168.1.7/tcp/1']);
    expect(announcedOf(['/ip4/127.0.0.1/tcp/1'], String)).toEqual(['/ip4/127.0.0.1/tcp/1']);
  });

  it('knows hosts, loopback and what can be dialled', () => {
    expect(hostOf('/ip4/10.0.0.1/tcp/4001')).toBe('10.0.0.1');
    expect(hostOf('/ip6/fd00::1/tcp/4001')).toBe('fd00::1');
    expect(isLoopback('/ip4/127.8.0.1/tcp/1')).toBe(true);
    expect(isLoopback('/ip4/10.0.0.1/tcp/1')).toBe(false);
    expect(isDialable('/dns4/shop.example/tcp/4001')).toBe(true);
    for (const bad of ['', 'http://x', '/ip4/10.0.0.1/udp/1', '/unix/tmp', '/ip4/1/tcp/1']) {
      expect(isDialable(bad), bad).toBe(false);
    }
  });

  it('adds and takes off the peer id', () => {
    const bare = '/ip4/10.0.0.1/tcp/1';
    expect(withPeer(bare, PEER)).toBe(`${bare}/p2p/${PEER}`);
    expect(withPeer(withPeer(bare, PEER), PEER)).toBe(`${bare}/p2p/${PEER}`);
    expect(withoutPeer(withPeer(bare, PEER))).toBe(bare);
    expect(withoutPeer(bare)).toBe(bare);
  });

  it('lists this machine in its networks without loopback', () => {
    for (const address of localAddresses()) expect(address).not.toMatch(/^127\.|^::1$|^fe80/);
  });
});
