/**
 * Parquet files made by Hugging Face datasets: `tests/golden/parquet`.
 * @module
 */
import { fileURLToPath } from "node:url";
import facts from "../golden/parquet/facts.json" with { type: "json" };

/** Path of a file or folder of `tests/golden/parquet`. */
export function parquetPath(name: string): string {
  return fileURLToPath(new URL(`../golden/parquet/${name}`, import.meta.url));
}

/** First line of the embedded text and number of lines that each file was made of. */
export const madeOf: Readonly<Record<"wmt22" | "human_parallel", Record<string, number[]>>> = facts;
