// Points in time as the Engine API takes them: seconds since 1970 with up to nine decimals.
import { EngineFailure } from '../failure.ts';

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
 * or a date of RFC 3339 whose smaller parts and zone may be missing (then the local zone holds). Other texts are refused (EngineFailure) in the
 * reference's words, as its client does it too: the engine speaks of integers.
 */
export function timestamp(option: 'since' | 'until', text: string | undefined, nowMs: number = Date.now()): string | undefined {
  if (text === undefined || text === '' || /^\+?\d+(\.\d+)?$/.test(text)) return text || undefined;
  const back = durationSeconds(text);
  if (back !== undefined) return (nowMs / 1000 - back).toFixed(9);
  const parts = /^(\d{4}-\d\d-(\d\d))(?:T(\d\d)(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  const [, date = '', day, hour = '00', minute = '00', second = '00', fraction = '', zone = ''] = parts ?? [];
  const ms = Date.parse(`${date}T${hour}:${minute}:${second}${zone}`);
  // The thirtieth of February would be taken for a day of March.
  if (Number.isNaN(ms) || new Date(date).getUTCDate() !== Number(day)) {
    const message = `invalid value for "${option}": failed to parse value as time or duration: ${JSON.stringify(text)}`;
    throw new EngineFailure('refused', message, option);
  }
  return `${ms / 1000}${fraction}`;
}

/** Seconds of a Go duration such as `1h30m`; undefined where the text is none. */
function durationSeconds(text: string): number | undefined {
  if (!/^[+-]?((\d+(\.\d*)?|\.\d+)(h|ms|m|s|us|\u00b5s|ns))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|\u00b5s|ns)/g))
    seconds += Number(amount) * (durationUnits.get(unit) ?? 0);
  return text.startsWith('-') ? -seconds : seconds;
}
