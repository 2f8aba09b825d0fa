// Quantises at most 128 columns of one row for each workgroup, a thread a column: each column's error moves onto the columns behind
// it. Codes take the weights' places.
override maxCode: f32;
override masked: bool;

struct Places {
  step: u32,
  first: u32, // first column
  width: u32,
  factorRow: u32, // row of the first column in the factor's buffer
  groups: u32, // of a row
}

@group(0) @binding(0) var<storage, read_write> weights: array<f32>; // [rows, step]
@group(0) @binding(1) var<storage, read> factor: array<f32>; // U, from some row on
@group(0) @binding(2) var<storage, read> grids: array<vec2f>; // scale and zero point [rows, groups]
@group(0) @binding(3) var<storage, read> groupOf: array<u32>; // [step]
@group(0) @binding(4) var<storage, read> kept: array<u32>; // a byte for each weight, if there is a mask
@group(0) @binding(5) var<storage, read_write> moved: array<f32>; // errors, each divided by its Uᵢᵢ [rows, 128]
@group(0) @binding(6) var<storage, read_write> losses: array<f32>; // sums of their squares [rows, 128]
@group(0) @binding(7) var<uniform> p: Places;

var<workgroup> errors: array<f32, 128>;

fn isKept(at: u32) -> bool {
  if (masked) { return ((kept[at / 4u] >> (8u * (at % 4u))) & 1u) == 1u; }
  return true;
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) t: u32) {
  let row = id.x;
  let inside = t < p.width;
  let column = p.first + min(t, p.width - 1u);
  let at = row * p.step + column;
  let grid = grids[row * p.groups + groupOf[column]];
  var x = weights[at];
  var code = grid.y; // that of 0
  var error = 0.0;
  var u = factor[p.factorRow * p.step + column];
  for (var i = 0u; i < p.width; i++) {
    let next = p.factorRow + min(i + 1u, p.width - 1u);
    let following = factor[next * p.step + column]; // read while another thread quantises
    if (t == i) {
      if (isKept(at)) { code = gridCode(x, grid.x, grid.y, maxCode); }
      error = (x - grid.x * (code - grid.y)) / u;
      errors[t] = error;
    }
    workgroupBarrier();
    if (t > i) { x -= errors[i] * u; }
    u = following;
  }
  moved[row * 128u + t] = error;
  losses[row * 128u + t] += error * error;
  if (inside) { weights[at] = code; }
}
