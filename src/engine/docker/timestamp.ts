// Points in time as the Engine API takes them: seconds since 1970 with up to nine decimals.

const durationUnits = new Map([
  ['h', 3600],
  ['m', 60],
  ['s', 1],
  ['ms', 1e-3],
  ['us', 1e-6],
  ['µs', 1e-6],
  ['ns', 1e-9],
]);

/**
 * Turns what users write for `--since` and `--until` into seconds: seconds since 1970 as they are, a duration (`10m`) counted back from `nowMs`,
 * or a date of RFC 3339 whose smaller parts and zone may be missing (then the local zone holds). Other texts are left for the engine to refuse.
 */
export function timestamp(text: string | undefined, nowMs: number = Date.now()): string | undefined {
  if (text === undefined || text === '' || /^\d+(\.\d+)?$/.test(text)) return text || undefined;
  const back = durationSeconds(text);
  if (back !== undefined) return (nowMs / 1000 - back).toFixed(9);
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (!parts) return text;
  const [, date, hour = '00', minute = '00', second = '00', fraction = '', zone = ''] = parts;
  const ms = Date.parse(`${date}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(ms) ? text : `${ms / 1000}${fraction}`;
}

/** Seconds of a Go duration such as `1h30m`; undefined where the text is none. */
function durationSeconds(text: string): number | undefined {
  if (!/^[+-]?(\d+(\.\d*)?(h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d*)?)(h|ms|m|s|us|µs|ns)/g))
    seconds += Number(amount) * (durationUnits.get(unit) ?? 0);
  return text.startsWith('-') ? -seconds : seconds;
}
