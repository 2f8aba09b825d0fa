import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openBlas } from "../../inference/blas_library.ts";
import { cholesky } from "../../kernels/linear_algebra.ts";
import type { BlasRoutines, BlasValues } from "../../kernels/blas/blas.ts";
import { expectAllClose } from "../kernels/golden.ts";
import { LIBRARY, OPENBLAS } from "../kernels/blas/library.ts";
import { randomNumbers } from "../kernels/random.ts";
import { itNeeds, LINUX } from "../needs.ts";

/** Random values in the routines' precision. */
function values<Values extends BlasValues>(
  routines: BlasRoutines<Values>,
  count: number,
  seed: number,
): Values {
  const next = randomNumbers(seed);
  const result = routines.allocate(count);
  for (let i = 0; i < count; i++) result[i] = next() - 0.5;
  return result;
}

/** A positive definite matrix [n, n]. */
function definite<Values extends BlasValues>(routines: BlasRoutines<Values>, n: number): Values {
  const a = routines.allocate(n * n);
  const x = values(routines, n * n, 1);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) a[i * n + j] += x[i * n + k] * x[j * n + k];
    }
    a[i * n + i] += 1;
  }
  return a;
}

/** What must hold of the routines in either precision. */
function testRoutines(routines: () => BlasRoutines<BlasValues>, atol: number): void {
  itNeeds(OPENBLAS, "subtractProduct() subtracts AB, within wider matrices", () => {
    const [m, n, k] = [5, 7, 3];
    const [aStep, bStep, cStep] = [4, 9, 11];
    const blas = routines();
    const a = values(blas, m * aStep, 1), b = values(blas, k * bStep, 2);
    const c = values(blas, m * cStep, 3);
    const expected = Array.from(c);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        for (let l = 0; l < k; l++) expected[i * cStep + j] -= a[i * aStep + l] * b[l * bStep + j];
      }
    }
    blas.subtractProduct([m, n, k], a, aStep, b, bStep, c, cStep);
    expectAllClose(c, expected, { atol }, "C");
  });

  itNeeds(OPENBLAS, "addGram() adds XᵀX to the upper triangle", () => {
    const [n, k] = [6, 4];
    const blas = routines();
    const x = values(blas, k * n, 4), c = values(blas, n * n, 5);
    const expected = Array.from(c);
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        for (let t = 0; t < k; t++) expected[i * n + j] += x[t * n + i] * x[t * n + j];
      }
    }
    blas.addGram(n, k, x, c);
    expectAllClose(c, expected, { atol }, "C");
  });

  itNeeds(OPENBLAS, "cholesky() and invertLower() give L and L⁻¹ in the lower triangle", () => {
    const n = 9;
    const blas = routines();
    const l = definite(blas, n);
    const expected = cholesky(Float64Array.from(l), n);
    for (let i = 0; i < n; i++) l.fill(7, i * n + i + 1, (i + 1) * n);
    expect(blas.cholesky(n, l)).toBe(0);
    const inverse = l.slice();
    expect(blas.invertLower(n, inverse)).toBe(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (j > i) expect([l[i * n + j], inverse[i * n + j]]).toEqual([7, 7]);
        else expectAllClose([l[i * n + j]], [expected[i * n + j]], { atol }, "L");
        let sum = 0;
        for (let k = j; k <= i; k++) sum += l[i * n + k] * inverse[k * n + j];
        expectAllClose([sum], [i === j ? 1 : 0], { atol }, "L L⁻¹");
      }
    }
  });

  itNeeds(OPENBLAS, "cholesky() gives the row that stops it, and leaves its pivot", () => {
    const blas = routines();
    const a = definite(blas, 5);
    a[3 * 6] = -1;
    expect(blas.cholesky(5, a)).toBe(4);
    expect(a[3 * 6]).toBeLessThan(0);
  });
}

describe("openBlas()", () => {
  itNeeds(OPENBLAS, "openBlas() says what it opened", () => {
    const blas = openBlas({ threads: 1 });
    expect(blas.name).not.toBe("");
    expect(blas.description).not.toBe("");
    if (blas.threads !== undefined) {
      expect(blas.description).toMatch(/^OpenBLAS \d[\d.]*, 1 thread$/);
      openBlas({ threads: 2 }).close();
    }
    blas.close();
    blas.close();
  });

  describe("in float32", () => testRoutines(() => LIBRARY!.single, 1e-5));
  describe("in float64", () => testRoutines(() => LIBRARY!.double, 1e-13));

  it("openBlas() opens the named library and no other", () => {
    const message = /^Cannot open the BLAS library \/missing\/libblas.so: Could not open library/;
    expect(() => openBlas({ library: "/missing/libblas.so" })).toThrow(message);
    expect(() => openBlas({}, () => "/missing/libblas.so")).toThrow(message);
    const asked: string[] = [];
    expect(() => openBlas({}, (name) => (asked.push(name), "/missing/libblas.so"))).toThrow();
    expect(asked).toEqual(["MTPRESS_BLAS"]);
  });

  itNeeds(LINUX, "openBlas() refuses a library without the routines, naming them", () => {
    expect(() => openBlas({ library: "libm.so.6" })).toThrow(
      "Cannot open the BLAS library libm.so.6: it lacks dgemm_, dpotrf_, dsyrk_, dtrtri_, sgemm_, " +
        "spotrf_, ssyrk_, strtri_",
    );
  });

  it("openBlas() refuses numbers that are not threads", () => {
    for (const threads of [0, 1.5, NaN]) {
      expect(() => openBlas({ threads })).toThrow(RangeError);
      expect(() => openBlas({ threads })).toThrow(
        `Cannot compute with ${threads} threads: there must be a whole number of at least 1`,
      );
    }
  });

  it("openBlas() names the permission that is missing", async () => {
    const module = new URL("../../inference/blas_library.ts", import.meta.url);
    const script = `import { openBlas } from ${JSON.stringify(module)};
      try { openBlas() } catch (error) { console.log(error.message) }`;
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", "--allow-env=MTPRESS_BLAS", "-"],
      ...{ stdin: "piped", stdout: "piped" },
    }).spawn();
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(script));
    await writer.close();
    const { stdout } = await process.output();
    expect(new TextDecoder().decode(stdout)).toBe(
      "Cannot open a BLAS library: it takes the permission --allow-ffi\n",
    );
  });
});
