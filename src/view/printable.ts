// Printable: text from elsewhere (engines, registries, build output, files) made safe for a terminal line, and its width there.

/** What can drive a terminal: C0 but tab, DEL, C1, and the marks that turn text right to left. */
const driving = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** Whole escape sequences: these go away in one piece, so that no `[31m` is left behind. */
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** One line that cannot move the cursor, set colours or retitle the window. Line ends become spaces. */
export function printable(text: string): string {
  return text.replace(sequences, '').replace(/\r?\n/g, ' ').replace(driving, '');
}

/** Columns that a text takes on a terminal: wide characters (CJK, emoji) take two, combining marks none. Tabs are not counted on. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text cut to at most `columns` columns, with `…` where something is missing. */
export function clip(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}

const zero = /^(?:\p{Mn}|\p{Me}|\u200b|\u200c|\u200d|\p{Variation_Selector})$/u;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

function characterWidth(character: string): number {
  if (character < '\u0300') return 1;
  if (zero.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
