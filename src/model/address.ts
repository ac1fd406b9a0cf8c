// Addresses: whether a text is one. Own code, since the core knows no network module.

/** Whether a text is an IPv4 address in four decimal parts without leading zeros, or an IPv6 address without a zone. */
export function isAddress(text: string): boolean {
  return isVersion4(text) || isVersion6(text);
}

/** Whether a text is a hardware address as Go reads one: 6, 8 or 20 octets, in pairs of digits with `:` or `-`, or in fours with dots. */
export function isHardwareAddress(text: string): boolean {
  const separator = /[:.-]/.exec(text)?.[0] ?? ':';
  const groups = text.split(separator);
  const digits = separator === '.' ? 4 : 2;
  return (
    [6, 8, 20].includes((groups.length * digits) / 2) && groups.every(group => group.length === digits && /^[0-9a-fA-F]+$/.test(group))
  );
}

function isVersion4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every(part => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

function isVersion6(text: string): boolean {
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return false;
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const endsInVersion4 = last?.includes('.') ?? false;
  const plain = endsInVersion4 ? groups.slice(0, -1) : groups;
  if (!plain.every(group => /^[0-9a-fA-F]{1,4}$/.test(group)) || (endsInVersion4 && !isVersion4(last ?? ''))) return false;
  const count = plain.length + (endsInVersion4 ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}
