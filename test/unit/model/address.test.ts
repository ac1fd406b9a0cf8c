// model/address.ts: which texts are IP addresses.
import { expect, test } from 'vitest';
import { isAddress } from '../../../src/model/address.ts';

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
