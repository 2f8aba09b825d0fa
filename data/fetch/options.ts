/**
 * How a pin is fetched, and what is told of it meanwhile.
 * @module
 */
import type { FetchLimits } from "./limits.ts";
import type { FileFacts } from "./lock.ts";

/** How a pin is fetched. */
export interface FetchOptions {
  /**
   * The files: paths, or patterns in which `*` stands for anything.
   * @default all that are not optional
   */
  readonly files?: readonly string[];
  /**
   * The folder of downloaded data.
   * @default {`dataFolder()`}
   */
  readonly folder?: string;
  /** A folder to take the files from, instead of the network. */
  readonly from?: string;
  /**
   * Address of the hub or of a mirror.
   * @default `HF_ENDPOINT` of the environment, else the hub
   */
  readonly endpoint?: string;
  /**
   * Access token; it is sent to the endpoint alone.
   * @default `HF_TOKEN` of the environment, else none
   */
  readonly token?: string;
  /**
   * The lock file.
   * @default {`pinsLockFile()`}
   */
  readonly lockFile?: string;
  /** How patient to be, where it is not the default. */
  readonly limits?: Partial<FetchLimits>;
  /** Is told how far it is. */
  readonly onEvent?: (event: FetchEvent) => void;
}

/** A sign of life. */
export type FetchEvent =
  & {
    /** Id of the pin. */
    readonly id: string;
    /** Path of the file in its repository. */
    readonly path: string;
  }
  & (
    | {
      /** Bytes have come, before the start or during it. */
      readonly event: "bytes";
      /** Bytes that are there. */
      readonly bytes: number;
      /** Length of the file, where it is known, if only to three digits. */
      readonly total?: number;
    }
    | {
      /** An attempt has failed, and another follows. */
      readonly event: "retry";
      /** Why. */
      readonly reason: string;
      /** In how many seconds. */
      readonly seconds: number;
    }
    | {
      /** What lies there is not the file that is pinned, and is fetched anew. */
      readonly event: "replace";
      /** Why. */
      readonly reason: string;
    }
    | ({
      /** The file is there and verified. */
      readonly event: "done";
    } & Omit<FetchedFile, "path">)
  );

/** A file that is there and verified. */
export interface FetchedFile extends FileFacts {
  /** Path in its repository. */
  readonly path: string;
  /** Whether it was there before, or was downloaded, or taken from a folder. */
  readonly how: "found" | "downloaded" | "copied";
}
