// Fits the grid of one group of one row for each workgroup, as `fitGrid` does.
override maxCode: f32;
override symmetric: bool;
override searched: bool; // whether the range is shrunk to where the sum of |error|^2.4 is least

struct Places {
  step: u32,
  columns: u32,
  groupSize: u32,
  groups: u32, // of a row
  firstGroup: u32, // that of the first workgroup
}

@group(0) @binding(0) var<storage, read> weights: array<f32>; // [rows, step]
@group(0) @binding(1) var<storage, read_write> grids: array<vec2f>; // scale and zero point [rows, groups]
@group(0) @binding(2) var<uniform> p: Places;

const STEPS = 80u; // of 1 % each
var<workgroup> lowest: array<f32, 64>;
var<workgroup> highest: array<f32, 64>;
var<workgroup> errors: array<f32, STEPS>;

fn gridOver(low: f32, high: f32) -> vec2f {
  let scale = quotient(high - low, maxCode);
  let zero = select(roundedQuotient(-low, scale), 0.5 * (maxCode + 1.0), symmetric);
  return vec2f(scale, zero);
}

fn shrunk(low: f32, high: f32, step: u32) -> vec2f {
  let share = quotient(f32(100u - step), 100.0);
  return gridOver(share * low, share * high);
}

/// Sum of |x̂ - x|^2.4.
fn gridError(begin: u32, end: u32, grid: vec2f) -> f32 {
  var sum = 0.0;
  for (var i = begin; i < end; i++) {
    let x = weights[i];
    let error = abs(grid.x * (gridCode(x, grid.x, grid.y, maxCode) - grid.y) - x);
    if (error > 0.0) { sum += error * error * pow(error, 0.4); }
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) t: u32) {
  let group = p.firstGroup + id.y;
  let begin = id.x * p.step + group * p.groupSize;
  let end = id.x * p.step + min((group + 1u) * p.groupSize, p.columns);
  var low = 0.0;
  var high = 0.0;
  for (var i = begin + t; i < end; i += 64u) {
    low = min(low, weights[i]);
    high = max(high, weights[i]);
  }
  lowest[t] = low;
  highest[t] = high;
  workgroupBarrier();
  for (var i = 0u; i < 64u; i++) {
    low = min(low, lowest[i]);
    high = max(high, highest[i]);
  }
  if (symmetric) {
    high = max(-low, high);
    if (low < 0.0) { low = -high; } // without a negative value the lower half stays unused, as in the reference
  }
  var grid = gridOver(low, high);
  let empty = !(grid.x > 0.0);
  if (empty) { grid = gridOver(-1.0, 1.0); }
  if (searched) {
    for (var step = t; step < STEPS; step += 64u) {
      errors[step] = gridError(begin, end, shrunk(low, high, step));
    }
    workgroupBarrier();
    var best = 0u;
    for (var step = 1u; step < STEPS; step++) {
      if (errors[step] < errors[best]) { best = step; }
    }
    if (!empty) { grid = shrunk(low, high, best); }
  }
  if (t == 0u) { grids[id.x * p.groups + group] = grid; }
}
