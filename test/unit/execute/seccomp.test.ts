import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hostPayload } from '../../../src/engine/payload/host.ts';
import { seccompProfiles } from '../../../src/execute/operations/seccomp.ts';
import type { Service } from '../../../src/model/service.ts';

function folder(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'fig-seccomp-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

const service = (...security_opt: string[]): Service => ({ name: 'a', command: null, entrypoint: null, security_opt });

test('profiles are sent by their content, without the spaces between, and with every digit of their numbers', async () => {
  const text = '{\n  "a" : [ 18446744073709551615,\t1.50 ],\r\n  "b c": "d \\"e  f\\" \\\\"\n}\n';
  const directory = folder({ 'p.json': text });
  const with_ = service(
    'seccomp=p.json',
    'seccomp:./p.json',
    'seccomp=unconfined',
    'seccomp:builtin',
    'apparmor=x',
    'systempaths=unconfined',
  );
  const profiles = await seccompProfiles(with_, directory);
  const compact = '{"a":[18446744073709551615,1.50],"b c":"d \\"e  f\\" \\\\"}';
  expect(hostPayload(with_, '1.41', profiles)['SecurityOpt']).toEqual([
    `seccomp=${compact}`,
    `seccomp=${compact}`,
    'seccomp=unconfined',
    'seccomp:builtin',
    'apparmor=x',
  ]);
});

test('a profile that cannot be read, or is no JSON, is told in the reference’s words', async () => {
  const directory = folder({ 'bad.json': '{"a": }' });
  await expect(seccompProfiles(service('seccomp=none.json'), directory)).rejects.toThrow(
    /^opening seccomp profile \(none\.json\) failed: .*no such file/,
  );
  await expect(seccompProfiles(service('seccomp:bad.json'), directory)).rejects.toThrow(
    /^compacting json for seccomp profile \(bad\.json\) failed: /,
  );
});
