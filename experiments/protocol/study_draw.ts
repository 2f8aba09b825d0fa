/**
 * The study's choice of calibration rows, as recipes ask for it.
 * @module
 */
import type { HumanParallelPair } from "../../data/human_parallel.ts";
import {
  studyGptqCalibration,
  type StudyRow,
  studyWandaCalibration,
} from "../../data/study_calibration.ts";
import type { CalibrationRules } from "../recipe.ts";

/** Rules of drawing that are the study's. */
export type StudyRule = Exclude<CalibrationRules["draw"], "balanced" | undefined>;

/** Languages that the study draws from, each into English. */
export const STUDY_PAIRS: readonly HumanParallelPair[] = ["cs-en", "de-en", "ru-en", "zh-en"];

/**
 * The rows that the study's code draws from text with so many lines of each pair.
 *
 * @throws {RangeError} If a pair is missing that the rule draws from, or has too few lines.
 */
export function studyDraw(
  rule: StudyRule,
  rows: ReadonlyMap<HumanParallelPair, number>,
  samples: number,
): StudyRow[] {
  return rule === "study-gptq"
    ? studyGptqCalibration(rows, samples)
    : studyWandaCalibration(rows, samples);
}
