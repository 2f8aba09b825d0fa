/**
 * Addresses on the hub or on a mirror of it, and the token that opens them.
 * @module
 */
import { HUB, type Pin } from "../pins.ts";

/** Whom to ask. */
export interface HubAccess {
  /** Address of the hub or of a mirror, without a slash at the end. */
  readonly endpoint: string;
  /** Access token. */
  readonly token?: string;
}

/**
 * Whom to ask: the mirror that `HF_ENDPOINT` names, else the hub, with the token in `HF_TOKEN`.
 *
 * @param given What was chosen instead.
 * @param variable Reads an environment variable.
 * @throws {RangeError} If the address is none, or the token would be sent in the open.
 */
export function hubAccess(
  given: Partial<HubAccess> = {},
  variable: (name: string) => string | undefined = (name) => Deno.env.get(name),
): HubAccess {
  const endpoint = (given.endpoint ?? (variable("HF_ENDPOINT") || HUB)).replace(/\/+$/, "");
  const token = given.token ?? (variable("HF_TOKEN") || undefined);
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new RangeError(`Cannot use the mirror ${endpoint} (HF_ENDPOINT): it is no http address`);
  }
  const here = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  if (token !== undefined && url.protocol === "http:" && !here) {
    throw new RangeError(
      `Cannot send the access token to ${url.origin}: the connection is not encrypted; ` +
        "unset HF_TOKEN or use an https mirror",
    );
  }
  return { endpoint, ...token === undefined ? {} : { token } };
}

/** The page of a pin's repository. */
export function pinPage(pin: Pin, endpoint: string): string {
  return `${endpoint}/${pin.kind === "dataset" ? "datasets/" : ""}${pin.id}`;
}

/** Address of one of a pin's files at the pinned commit. */
export function fileUrl(pin: Pin, path: string, endpoint: string): string {
  return `${pinPage(pin, endpoint)}/resolve/${pin.revision}/${path}`;
}
