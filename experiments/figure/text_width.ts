/**
 * How wide a text is, without a screen: plotly.js asks for it when it lays out legends, titles and labels.
 * @module
 */

/**
 * Advance widths of Helvetica and of the fonts made to its measure (Arial, Liberation Sans), in thousandths of the font
 * size, for the characters from space to tilde.
 */
const WIDTHS = [
  [278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278], // space to /
  [556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556], // 0 to ?
  [1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778], // @ to O
  [667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556], // P to _
  [333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556], // ` to o
  [556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584], // p to ~
].flat();

const OTHER: Readonly<Record<string, number>> = { "→": 1000, "≤": 549, "×": 584, "±": 584 };
/** Digits, dashes and accented letters are about this wide. */
const USUAL = 556;
/** Bold letters are wider by about this factor. */
const BOLD = 1.06;

/** Width in pixels of one line of text in Helvetica or a font of the same measure. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let thousandths = 0;
  for (const character of text) {
    thousandths += WIDTHS[character.codePointAt(0)! - 32] ?? OTHER[character] ?? USUAL;
  }
  return thousandths / 1000 * fontSize * (bold ? BOLD : 1);
}
