// Which fields an engine takes: its API version, as `1.44`, compared.

/** Whether an engine that speaks `version` knows what came with `since`. */
export function apiAtLeast(version: string, since: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [sinceMajor = 0, sinceMinor = 0] = since.split('.').map(Number);
  return major === sinceMajor ? minor >= sinceMinor : major > sinceMajor;
}
