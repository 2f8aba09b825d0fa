import { seededRandom } from "../../metrics/random.ts";

/** Sentences of 1 to `longest` words drawn from a small vocabulary, so that n-grams and blocks repeat. */
export function randomSentences(
  count: number,
  seed: number,
  longest = 12,
  vocabulary = 5,
): string[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const length = 1 + random.below(longest);
    return Array.from({ length }, () => "abcdefghijklmnopqrstuvwxyz"[random.below(vocabulary)])
      .join(" ");
  });
}
