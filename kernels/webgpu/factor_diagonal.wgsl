// Factorises a diagonal tile A [64, 64] = R Rᵀ, R upper, from its last column to its first, and puts U = R⁻¹ in its place.
struct Places {
  step: u32,
  row: u32, // of the tile in the buffer
  column: u32, // of the tile in the matrix
}

struct Failure {
  place: atomic<u32>, // the column after the first whose pivot is not positive, else 0
  pivot: f32,
}

@group(0) @binding(0) var<storage, read_write> matrix: array<f32>;
@group(0) @binding(1) var<storage, read_write> transposed: array<f32>; // Uᵀ [64, 64]
@group(0) @binding(2) var<storage, read_write> failure: Failure;
@group(0) @binding(3) var<uniform> p: Places;

// Column by column. On and above the diagonal R; below it, as rows, the columns of U without their last values.
var<workgroup> s: array<f32, 4096>;

/// Whether a number is positive and finite, by its bits: compilers may take for granted that no number is NaN.
fn isPositive(x: f32) -> bool {
  let bits = bitcast<u32>(x);
  return bits > 0u && bits < 0x7f800000u;
}

fn factorise(t: u32) {
  let row = t % 64u;
  for (var i = 0u; i < 64u; i++) {
    let j = 63u - i;
    let pivot = s[j * 64u + j];
    workgroupBarrier();
    if (t == 0u && !isPositive(pivot) && atomicLoad(&failure.place) == 0u) {
      atomicStore(&failure.place, p.column + j + 1u);
      failure.pivot = pivot;
    }
    let root = sqrt(pivot);
    if (t < j) { s[j * 64u + t] /= root; }
    if (t == j) { s[j * 64u + j] = root; }
    workgroupBarrier();
    for (var c = t / 64u; c < j; c += 4u) {
      if (row <= c) { s[c * 64u + row] -= s[j * 64u + row] * s[j * 64u + c]; }
    }
    workgroupBarrier();
  }
}

/// Column c of U, from its last value up: Uᵢc = -1/Rᵢᵢ · the sum over k > i of Rᵢₖ Uₖc.
fn invertColumn(c: u32) {
  let last = 1.0 / s[c * 64u + c];
  for (var n = 0u; n < c; n++) {
    let i = c - 1u - n;
    var sum = s[c * 64u + i] * last;
    for (var k = i + 1u; k < c; k++) { sum += s[k * 64u + i] * s[k * 64u + c]; }
    s[i * 64u + c] = -sum / s[i * 64u + i];
  }
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) t: u32) {
  for (var n = t; n < 4096u; n += 256u) {
    s[(n % 64u) * 64u + n / 64u] = matrix[(p.row + n / 64u) * p.step + p.column + n % 64u];
  }
  workgroupBarrier();
  factorise(t);
  if (t < 64u) { invertColumn(t); }
  workgroupBarrier();
  for (var n = t; n < 4096u; n += 256u) {
    let i = n / 64u;
    let j = n % 64u;
    var u = 0.0;
    if (i < j) { u = s[i * 64u + j]; }
    if (i == j) { u = 1.0 / s[i * 64u + i]; }
    matrix[(p.row + i) * p.step + p.column + j] = u;
    transposed[j * 64u + i] = u;
  }
}
