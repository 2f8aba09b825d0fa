/**
 * Which form of a noun follows a number written in digits.
 * @module
 */

/** A Czech noun after a number: 1, 2 to 4, more. */
export function czechCount(n: number, one: string, few: string, many: string): string {
  return n === 1 ? one : n >= 2 && n <= 4 ? few : many;
}

/** A Russian noun after a number, by its last digits: 21 like 1, 22 like 2, 11 to 14 like 5. */
export function russianCount(n: number, one: string, few: string, many: string): string {
  const [unit, teen] = [n % 10, n % 100 >= 11 && n % 100 <= 14];
  if (teen || unit === 0 || unit > 4) return many;
  return unit === 1 ? one : few;
}

/** An Icelandic noun after a number: singular when the number ends in 1, but not in 11. */
export function icelandicCount(n: number, one: string, many: string): string {
  return n % 10 === 1 && n % 100 !== 11 ? one : many;
}
