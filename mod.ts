/**
 * Run, check, cite and extend experiments on compressing translation LLMs.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { corpusBleu, loadTranslator, tinyModelFolder } from "mtpress";
 *
 * const translator = await loadTranslator(tinyModelFolder());
 * const { translations } = await translator.translate(["They have a heavy ball."], { direction: "en-de" });
 * const hypotheses = translations.map(({ text }) => text);
 * equal(Math.round(corpusBleu(hypotheses, hypotheses).score), 100);
 * await translator.close();
 * ```
 *
 * @module
 */

// L0: what goes in
export { ALMA_7B, type ModelShape } from "./data/alma_7b.ts";
export { type PublishedSupport, STUDY_CLAIMS, type StudyClaim } from "./data/claims.ts";
export {
  type Author,
  type Citation,
  CITATION_USE,
  CITATIONS,
  type CitationUse,
} from "./data/citations.ts";
export { dataFolder, pinFolder } from "./data/data_folder.ts";
export {
  type Direction,
  DIRECTIONS,
  isBesideEnglish,
  isIntoEnglish,
  isOutOfEnglish,
  type Language,
  LANGUAGE_NAMES,
  languageName,
  sourceLanguage,
  targetLanguage,
} from "./data/directions.ts";
export { fetchPin } from "./data/fetch/fetch_pin.ts";
export { FETCH_LIMITS, type FetchLimits } from "./data/fetch/limits.ts";
export { type FileFacts } from "./data/fetch/lock.ts";
export { type FetchedFile, type FetchEvent, type FetchOptions } from "./data/fetch/options.ts";
export { type VerifiedFile, verifyPin } from "./data/fetch/verify_pin.ts";
export { requireFetched } from "./data/fetched.ts";
export {
  HUMAN_PARALLEL_PAIRS,
  type HumanParallelPair,
  type HumanParallelSplit,
  readHumanParallel,
} from "./data/human_parallel.ts";
export { type ParallelText, parseParallelText, type SentencePairs } from "./data/parallel_text.ts";
export { type PairFile, type PairRow } from "./data/parquet.ts";
export { findPin, type Pin, type PinnedFile, PINS } from "./data/pins.ts";
export {
  PUBLISHED_FIGURE_1,
  PUBLISHED_FIGURE_1_READING,
  PUBLISHED_FIGURE_2,
  PUBLISHED_FIGURE_2_READING,
  PUBLISHED_MODEL,
  PUBLISHED_TABLE_1,
  type PublishedFigure1Point,
  type PublishedFigure2Series,
  type PublishedReading,
  type PublishedRow,
} from "./data/published.ts";
export { numpyPermutation } from "./data/random/numpy.ts";
export { PythonRandom } from "./data/random/python.ts";
export {
  type StudyDraw,
  studyGptqCalibration,
  type StudyRow,
  studyWandaCalibration,
  studyWandaDraws,
} from "./data/study_calibration.ts";
export {
  readTinySplit,
  tinyModelFolder,
  tinyReferenceFolder,
  type TinySplit,
  tinySplitFile,
} from "./data/tiny.ts";
export { readWmt22 } from "./data/wmt22.ts";

// L0: kernels
export {
  type Backend,
  type BackendName,
  BACKENDS,
  type GramFunction,
  type InputStatistics,
  type PreparedHessian,
  type PrepareOptions,
  type StatisticKind,
  type StatisticsAccumulator,
} from "./kernels/backend.ts";
export { blasBackend, type BlasBackendOptions } from "./kernels/blas/backend.ts";
export { type Blas, type BlasRoutines, type BlasValues } from "./kernels/blas/blas.ts";
export { channelAbsmax } from "./kernels/channel_absmax.ts";
export {
  addColumnStatistics,
  type ColumnStatistics,
  emptyColumnStatistics,
} from "./kernels/column_statistics.ts";
export { dequantize, dequantizeInteger } from "./kernels/dequantize.ts";
export { dsnot } from "./kernels/dsnot.ts";
export { dsnotRuns, type DsnotRunsOptions } from "./kernels/dsnot_nm.ts";
export {
  DSNOT_DEFAULTS,
  type DsnotOptions,
  type DsnotResult,
  type DsnotSwap,
} from "./kernels/dsnot_options.ts";
export { dsnotMetric } from "./kernels/dsnot_rows.ts";
export { DYNAMIC_MAP, nearestDynamicCode } from "./kernels/dynamic_map.ts";
export {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from "./kernels/float16.ts";
export { type FloatType, roundToType } from "./kernels/float_type.ts";
export { gptq, type GptqResult, gptqWithFactor } from "./kernels/gptq.ts";
export {
  factorizeHessian,
  type GptqFactor,
  type GptqFactorOptions,
} from "./kernels/gptq_factor.ts";
export { type GptqOptions, type GptqSolveOptions } from "./kernels/gptq_options.ts";
export { type GptqFormat, type PackedGptq, packGptq, unpackGptq } from "./kernels/gptq_packing.ts";
export {
  type AffineGrid,
  checkBits,
  fitGrid,
  gridCode,
  type GridOptions,
  groupCount,
} from "./kernels/grid.ts";
export { type HessianAccumulator, hessianAccumulator } from "./kernels/hessian.ts";
export {
  cholesky,
  FactorizationError,
  inverseFromCholesky,
  upperFactorOfInverse,
} from "./kernels/linear_algebra.ts";
export { magnitudeMask, magnitudeMetric } from "./kernels/magnitude.ts";
export {
  applyMask,
  keptCount,
  keptPerRow,
  maskSparsity,
  packMask,
  unpackMask,
} from "./kernels/mask.ts";
export { type Matrix, matrix } from "./kernels/matrix.ts";
export { dequantizeNf4, nf4Codes, type Nf4Options, quantizeNf4 } from "./kernels/nf4.ts";
export { dequantizeAbsmax, quantizeAbsmax } from "./kernels/nf4_absmax.ts";
export { nearestNf4Code, NF4_LEVELS, NF4_THRESHOLDS } from "./kernels/nf4_levels.ts";
export {
  prunedCount,
  pruneSmallest,
  type SparsityPattern,
  type SparsityRatio,
  type SparsityRuns,
} from "./kernels/prune_smallest.ts";
export { referenceBackend, type ReferenceBackendOptions } from "./kernels/reference.ts";
export { roundToNearest, type RoundToNearestOptions } from "./kernels/round_to_nearest.ts";
export { roundHalfEven } from "./kernels/rounding.ts";
export {
  LLAMA_SMOOTHING_GROUPS,
  type SmoothedGroup,
  smoothGroup,
  smoothingFactors,
  type SmoothingGroup,
  type SmoothingOptions,
} from "./kernels/smoothquant.ts";
export { argsort, sortsBefore } from "./kernels/sorting.ts";
export { dequantizeSparse, sparseMask, sparseWeight } from "./kernels/sparse.ts";
export {
  type DenseWeight,
  type IntegerWeight,
  type NestedAbsmax,
  type Nf4Weight,
  type SparseWeight,
  type StoredWeight,
} from "./kernels/stored_weight.ts";
export {
  fakeQuantize,
  type FakeQuantizeOptions,
  type ScalePer,
  w8a8Linear,
  type W8A8Options,
} from "./kernels/w8a8.ts";
export { wandaMask, wandaMetric } from "./kernels/wanda.ts";
export { wandaVariantMask, type WandaVariantResult } from "./kernels/wanda_variant.ts";
export { wasmBackend, type WasmBackendOptions } from "./kernels/wasm/backend.ts";
export {
  factorizeHessianWasm,
  gptqWasm,
  gptqWithFactorWasm,
  type WasmOptions,
} from "./kernels/wasm/gptq.ts";
export { type WasmBuild } from "./kernels/wasm/module.ts";
export { webgpuBackend, type WebgpuBackendOptions } from "./kernels/webgpu/backend.ts";
export { type Batch, type Binding, Gpu, type GpuData, GpuError } from "./kernels/webgpu/gpu.ts";
export { type DeviceWeight, type ProductFormat } from "./kernels/webgpu/products/device_weight.ts";
export { openProduct, type ProductOptions } from "./kernels/webgpu/products/open_product.ts";

// L0: scores
export { type BleuScore, bleuStatistics, corpusBleu, sentenceBleu } from "./metrics/bleu.ts";
export { type BleuParts, type BleuSmoothing } from "./metrics/bleu_formula.ts";
export { type BleuOptions } from "./metrics/bleu_options.ts";
export {
  type ChrfOptions,
  type ChrfScore,
  chrfStatistics,
  corpusChrf,
  sentenceChrf,
} from "./metrics/chrf.ts";
export {
  type MeanDifference,
  meanDifference,
  type MeanDifferenceOptions,
  type SystemPair,
} from "./metrics/mean_difference.ts";
export {
  type BootstrapSpread,
  bootstrapSpread,
  type ResamplingOptions,
} from "./metrics/resampling.ts";
export { formatScore, type FormatScoreOptions, type MetricScore } from "./metrics/score.ts";
export { type CorpusOptions, type References } from "./metrics/segments.ts";
export {
  pairedApproximateRandomization,
  pairedBootstrap,
  type PairedTest,
  type RandomizationOptions,
  type TestedSystem,
} from "./metrics/significance.ts";
export { scoreStatistics, type SegmentStatistics } from "./metrics/statistics.ts";
export {
  corpusTer,
  sentenceTer,
  type TerOptions,
  type TerScore,
  terStatistics,
} from "./metrics/ter.ts";
export { type TercomOptions, tokenizeTercom } from "./metrics/tokenizers/tercom.ts";
export {
  BLEU_TOKENIZERS,
  type BleuTokenizer,
  defaultTokenizer,
  tokenize,
} from "./metrics/tokenizers/tokenize.ts";

// L1: models
export { chooseAccuracyLevel } from "./inference/accuracy_level.ts";
export { type BackendChoice, chooseBackend, parseBackend } from "./inference/backend_choice.ts";
export { openBackend, type OpenBackendOptions } from "./inference/backends.ts";
export { beamSearch, beamSearchAll } from "./inference/beam.ts";
export { type BlasLibrary, openBlas, type OpenBlasOptions } from "./inference/blas_library.ts";
export { type Checkpoint, openCheckpoint, type TensorInfo } from "./inference/checkpoint.ts";
export { type Comet, loadComet, type LoadCometOptions } from "./inference/comet/comet.ts";
export {
  type CometOptions,
  type CometScores,
  type CometSegment,
} from "./inference/comet/scorer.ts";
export { sparsemax } from "./inference/comet/sparsemax.ts";
export { packBits, unpackBits } from "./inference/compressed/bit_stream.ts";
export {
  type DenseDescription,
  type IntegerDescription,
  type Nf4Description,
  type SparseDescription,
  type WeightDescription,
} from "./inference/compressed/description.ts";
export { asStored } from "./inference/compressed/encode.ts";
export { type LayerContent } from "./inference/compressed/layer_file.ts";
export {
  type CompressedModel,
  isCompressed,
  openCompressedModel,
  openModel,
  type OpenOptions,
} from "./inference/compressed/model.ts";
export {
  type CompressionPlan,
  type CompressionRecord,
  type CompressionSource,
} from "./inference/compressed/record.ts";
export { CompressedModelWriter } from "./inference/compressed/writer.ts";
export { type CalibrationPair, calibrationSequences } from "./inference/compression/calibration.ts";
export {
  calibrationPrompts,
  type CalibrationSentence,
} from "./inference/compression/calibration_prompts.ts";
export { compressModel } from "./inference/compression/compress_model.ts";
export {
  type Activity,
  type CompressionActivity,
  type CompressionProgress,
  type CompressOptions,
} from "./inference/compression/compress_options.ts";
export {
  executedModelBytes,
  type ModelBytes,
  storedModelBytes,
  type StoredModelOptions,
} from "./inference/compression/memory.ts";
export { studyModelBytes } from "./inference/compression/memory_study.ts";
export { type ValueBytes } from "./inference/compression/memory_weight.ts";
export {
  type LinearInput,
  type LinearMethod,
  type LinearStatistics,
  type Method,
  type MethodBase,
  type MethodContext,
  type NormMethod,
} from "./inference/compression/method.ts";
export { METHODS } from "./inference/compression/methods.ts";
export {
  type CompressionNeeds,
  compressionNeeds,
  type NeedsOptions,
} from "./inference/compression/needs.ts";
export {
  type CompressionReport,
  type LinearReport,
  type ModelFacts,
} from "./inference/compression/report.ts";
export { type TokenSequence } from "./inference/compression/states.ts";
export { type StatesPlace } from "./inference/compression/states_place.ts";
export { checkSteps } from "./inference/compression/steps.ts";
export { type Decoder, type DecoderRun, type DecoderStartOptions } from "./inference/decoder.ts";
export {
  checkDecodingMemory,
  decodingBytes,
  type DecodingSize,
} from "./inference/decoding_memory.ts";
export {
  defaultThreads,
  describeAdapter,
  type Device,
  type DeviceFacts,
  DEVICES,
  parseDevice,
} from "./inference/devices.ts";
export { inFloat16 } from "./inference/float16_checkpoint.ts";
export { type FloatDtype } from "./inference/float_values.ts";
export { type AccuracyLevel } from "./inference/graph/nbits.ts";
export { exportModel, type ExportOptions } from "./inference/export/export_model.ts";
export { EXPORT_FORMATS, type ExportFormat } from "./inference/export/format.ts";
export { greedySearch } from "./inference/greedy.ts";
export { type JsonObject, type JsonValue } from "./inference/json_value.ts";
export { type LlamaConfig, llamaTensorShapes, parseLlamaConfig } from "./inference/llama_config.ts";
export { oneLine, translationPrompt } from "./inference/prompt.ts";
export {
  type Decoded,
  type GreedyOptions,
  type SearchOptions,
} from "./inference/search_options.ts";
export { loadXlmrTokenizer, type XlmrTokenizer } from "./inference/sentencepiece/xlmr_tokenizer.ts";
export { type LongSentences } from "./inference/source_prompts.ts";
export { loadTokenizer, type Tokenizer } from "./inference/tokenizer.ts";
export {
  type BatchFacts,
  type BatchPlanner,
  type LoadOptions,
  loadTranslator,
  type PerplexityOptions,
  type SentenceTranslator,
  type TranslateOptions,
  type Translation,
  type TranslationResult,
  type Translator,
  type TranslatorFacts,
} from "./inference/translator.ts";
export {
  type AdapterFacts,
  type AdapterFeature,
  type AdapterLimit,
  findAdapter,
  type OpenAdapter,
  requireAdapter,
} from "./inference/webgpu_adapter.ts";
export { residentWeightBytes } from "./inference/weight_memory.ts";

// L2: experiments
export {
  type BenchResult,
  type BenchUnit,
  type Contestant,
  interleave,
  type InterleaveOptions,
  type Ratio,
  ratioOf,
  type RatioTarget,
  type Runnable,
  secondsOf,
} from "./experiments/bench/benchmark.ts";
export { growthFigure } from "./experiments/bench/growth_figure.ts";
export { type BenchMachine } from "./experiments/bench/machine.ts";
export {
  type BenchFailure,
  type BenchRecord,
  loadBenchRecord,
  readBenchRecord,
} from "./experiments/bench/record.ts";
export { benchTable, contestantTable } from "./experiments/bench/view.ts";
export { canonicalJson, sha256 } from "./experiments/canonical_json.ts";
export { citationsToBibtex } from "./experiments/citations/bibtex.ts";
export { citationsToCff } from "./experiments/citations/cff.ts";
export { citationsToText } from "./experiments/citations/text.ts";
export {
  type ResultUse,
  type UsedOptions,
  type UsedWorks,
  usedWorks,
  useOfMethod,
  useOfRow,
} from "./experiments/citations/used.ts";
export { type BleuSamples, type MethodBleu } from "./experiments/claims/bleu_samples.ts";
export {
  type ClaimEvidence,
  type EvidencePart,
  type MethodMemory,
} from "./experiments/claims/evidence.ts";
export {
  almaMemory,
  claimEvidence,
  type ClaimExperiment,
  type ClaimSource,
} from "./experiments/claims/gather.ts";
export { type ClaimVerdict, judgeClaims, type Verdict } from "./experiments/claims/judge.ts";
export { claimsTable } from "./experiments/claims/table.ts";
export { type CometLookup, cometLookup } from "./experiments/comet_lookup.ts";
export { type CometRecord } from "./experiments/comet_record.ts";
export {
  cometScores,
  type CometScoresOptions,
  storedCometScores,
} from "./experiments/comet_scores.ts";
export {
  type CometVerification,
  recomputeCometScores,
  verifyCometRecords,
} from "./experiments/comet_verify.ts";
export {
  type DifferenceSource,
  type MethodDifference,
  methodDifference,
  methodDifferences,
} from "./experiments/difference.ts";
export { type Estimate } from "./experiments/estimate.ts";
export {
  type FigureContent,
  type Panel,
  type PlotlyLayout,
  type PlotlySpec,
  type PlotlyTrace,
} from "./experiments/figure/content.ts";
export { Figure } from "./experiments/figure/figure.ts";
export { figure1 } from "./experiments/figure_1.ts";
export { figure2 } from "./experiments/figure_2.ts";
export {
  type FixedWork,
  fixedWork,
  recipeWork,
  type WorkSentence,
} from "./experiments/fixed_work.ts";
export {
  type InterleavedOptions,
  interleavedTimes,
  type ModelTimes,
  type TimedModel,
  timeRatio,
} from "./experiments/interleaved_time.ts";
export {
  almaStoredBytes,
  MEMORY_TOLERANCE,
  memoryDifference,
  type MemoryRow,
  memoryRows,
  type StudyMemory,
} from "./experiments/memory_rows.ts";
export { memoryTable } from "./experiments/memory_table.ts";
export { methodTable } from "./experiments/method_table.ts";
export { type Metric } from "./experiments/metric.ts";
export { metricTable } from "./experiments/metric_table.ts";
export { findModel, type ModelChoice } from "./experiments/model.ts";
export { type Progress } from "./experiments/progress.ts";
export { studyBatches } from "./experiments/protocol/batches.ts";
export { cometSegments } from "./experiments/protocol/comet_segments.ts";
export { type QuirkEffect, quirkEffects } from "./experiments/protocol/effects.ts";
export { NOT_REPEATED, type NotRepeated } from "./experiments/protocol/not_repeated.ts";
export { protocolNotes } from "./experiments/protocol/notes.ts";
export {
  findQuirk,
  type Quirk,
  QUIRK_IDS,
  type QuirkId,
  type QuirkPlace,
  QUIRKS,
} from "./experiments/protocol/quirks.ts";
export { activeQuirks, protocolRecipe, unitQuirks } from "./experiments/protocol/study_recipe.ts";
export { effectTable, quirkTable, timeTable } from "./experiments/protocol/tables.ts";
export {
  type CalibrationRecipe,
  type CalibrationRules,
  type DecodingRecipe,
  type MethodRecipe,
  parseRecipe,
  type Protocol,
  type Recipe,
  type Step,
  stepsSignature,
} from "./experiments/recipe.ts";
export { loadRecipe, type RecipeId } from "./experiments/recipes.ts";
export { modelRecipe } from "./experiments/recipe_model.ts";
export { readRecipeFile } from "./experiments/recipe_file.ts";
export {
  compareWithReference,
  type Comparison,
  loadReference,
  type Reference,
  referenceReport,
  referenceRows,
  type Tolerance,
} from "./experiments/reference.ts";
export { recipeUnion, rowsOfRecipe } from "./experiments/recipe_union.ts";
export {
  type ClaimRun,
  claimsSummary,
  type ReproducedClaims,
  reproducedClaims,
} from "./experiments/reproduced_claims.ts";
export { reportParts, type ReportSource } from "./experiments/report/gather.ts";
export { reportHtml } from "./experiments/report/page.ts";
export {
  type ReportClaims,
  type ReportFigure,
  type ReportParts,
  type ReportTable,
} from "./experiments/report/parts.ts";
export { resultsFolder } from "./experiments/results_folder.ts";
export {
  isSealed,
  type RecordedScore,
  type RecordedScores,
  type ResultRow,
  type RowCalibration,
  type RowCompression,
  type RowData,
  type RowTime,
  type ScoredRow,
  sealRow,
  type SystemRow,
} from "./experiments/row.ts";
export { type RunOptions, runRecipe, type RunResult } from "./experiments/run.ts";
export { type RunNeeds } from "./experiments/run_needs.ts";
export {
  scoreSystem,
  type SystemScoring,
  type SystemTranslations,
} from "./experiments/score_system.ts";
export { systemTable } from "./experiments/score_system_table.ts";
export { scoreTable } from "./experiments/score_table.ts";
export { ResultStore } from "./experiments/store.ts";
export {
  type MachineFacts,
  storedTimes,
  type StoredTimesOptions,
  type TimesRecord,
} from "./experiments/stored_times.ts";
export {
  type Cell,
  type Column,
  type Mark,
  type TableContent,
} from "./experiments/table/content.ts";
export { Table } from "./experiments/table/table.ts";
export { directionTable, table1 } from "./experiments/table_1.ts";
export { type BatchTime, batchTimes, trimmedMean } from "./experiments/time.ts";
export { openTestSet, type TestSet, type TestUnit } from "./experiments/test_set.ts";
export { timedModel, type TimedModelOptions } from "./experiments/timed_model.ts";
export { type Verification, verifyResults } from "./experiments/verify.ts";
export { type Sources } from "./experiments/versions.ts";
