import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createAddressRules } from './addresses.ts';

const inward = `0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
  168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 192.168.1.1 198.18.0.1 198.19.255.255
  198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
  :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:7f00:1 64:ff9b::7f00:1 64:ff9b:1::1 100::1
  2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 fc00::1 fd00:ec2::254 fd12:3456::1 fe80::1 fe80::1%lo fec0::1 ff02::1
  localhost 127.1 0x7f000001`;
const outward = `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
  169.253.255.255 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
  2606:4700:4700::1111 2a00:1450:4001::1 2400:cb00::1`;

suite('which addresses are public', () => {
  const { isPublic } = createAddressRules();

  test('none of this machine, its networks or its cloud is, however it is written', () => {
    for (const address of inward.split(/\s+/)) assert.equal(isPublic(address), false, address);
  });

  test('those of the Internet are, up to the edges of the ranges', () => {
    for (const address of outward.split(/\s+/)) assert.equal(isPublic(address), true, address);
  });
});
