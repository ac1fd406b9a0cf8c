// model/address.ts: which texts are addresses.
import { expect, test } from 'vitest';
import { isAddress, isHardwareAddress } from '../../../src/model/address.ts';

test.each([
  '0.0.0.0',
  '127.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '1::',
  'fe80::1:2',
  '1:2:3:4:5:6:7:8',
  '::ffff:1.2.3.4',
  '1:2:3:4:5:6:1.2.3.4',
])('takes %s', text => expect(isAddress(text)).toBe(true));

test.each([
  '',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '256.0.0.1',
  '01.2.3.4',
  '1.2.3.x',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'fe80::1%eth0',
  '::1.2.3',
  '1:2:3:4:5:6:7::8',
  '[::1]',
])('refuses "%s"', text => expect(isAddress(text)).toBe(false));

test.each(['02:42:ac:11:65:43', '02-42-AC-11-65-43', '0242.ac11.6543', '02:42:ac:11:65:43:00:01', Array(20).fill('0a').join(':')])(
  'takes the hardware address %s',
  text => expect(isHardwareAddress(text)).toBe(true),
);

test.each(['', '02:42', '02:42:ac:11:65', '02:42:ac:11:65:4', '02:42:ac:11-65-43', '02:42:ac:11:65:zz', '0242ac116543', '024.2ac1.1654'])(
  'takes no hardware address in %j',
  text => expect(isHardwareAddress(text)).toBe(false),
);
