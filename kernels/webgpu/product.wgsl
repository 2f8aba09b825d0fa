// out := keep · out + factor · left · right for a range of rows and columns, in tiles of 64 x 64 with 4 x 4 sums a thread.
// Steps, rows and columns are of the buffers as they are bound; every range is a multiple of 64 but for `depth`.
override inPlace: bool = false; // the left factor is other columns of `out`
override rightTransposed: bool = false; // right is [columns, depth], not [depth, columns]

struct Places {
  outStep: u32,
  outRow: u32,
  outColumn: u32,
  firstColumn: u32, // columns of `out` before it stay as they are
  leftStep: u32,
  leftRow: u32,
  leftColumn: u32,
  depth: u32,
  rightStep: u32,
  rightRow: u32,
  rightColumn: u32,
  skipBelow: i32, // tiles below the diagonal that begins at this column are skipped
  leftFrom: i32, // left is 0 where its place in the depth is below this, for the first row of tiles
  rightTo: i32, // right is 0 from this place in the depth on, for the first column of tiles
  factor: f32,
  keep: f32,
}

@group(0) @binding(0) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(1) var<storage, read> left: array<vec4f>;
@group(0) @binding(2) var<storage, read> right: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Places;

var<workgroup> a: array<vec4f, 512>; // [32 of the depth, 64 rows]
var<workgroup> b: array<vec4f, 512>; // [32 of the depth, 64 columns]

fn leftAt(row: u32, k: u32) -> vec4f {
  let at = ((p.leftRow + row) * p.leftStep + p.leftColumn + k) / 4u;
  if (inPlace) { return out[at]; }
  return left[at];
}

fn rightAt(k: u32, column: u32) -> vec4f {
  return right[((p.rightRow + k) * p.rightStep + p.rightColumn + column) / 4u];
}

/// Loads a tile [64 rows, 32 of the depth] of the left factor, transposed; thread t of 128 has a patch of 4 x 4.
fn loadLeft(t: u32, row: u32, k: u32) {
  let r = t / 8u;
  let q = t % 8u;
  let v0 = leftAt(row + 4u * r, k + 4u * q);
  let v1 = leftAt(row + 4u * r + 1u, k + 4u * q);
  let v2 = leftAt(row + 4u * r + 2u, k + 4u * q);
  let v3 = leftAt(row + 4u * r + 3u, k + 4u * q);
  a[(4u * q) * 16u + r] = vec4f(v0.x, v1.x, v2.x, v3.x);
  a[(4u * q + 1u) * 16u + r] = vec4f(v0.y, v1.y, v2.y, v3.y);
  a[(4u * q + 2u) * 16u + r] = vec4f(v0.z, v1.z, v2.z, v3.z);
  a[(4u * q + 3u) * 16u + r] = vec4f(v0.w, v1.w, v2.w, v3.w);
}

/// Loads a tile [32 of the depth, 64 columns] of the right factor; thread t of 128.
fn loadRight(t: u32, k: u32, column: u32) {
  if (rightTransposed) {
    let r = t / 8u;
    let q = t % 8u;
    let v0 = rightAt(column + 4u * r, k + 4u * q);
    let v1 = rightAt(column + 4u * r + 1u, k + 4u * q);
    let v2 = rightAt(column + 4u * r + 2u, k + 4u * q);
    let v3 = rightAt(column + 4u * r + 3u, k + 4u * q);
    b[(4u * q) * 16u + r] = vec4f(v0.x, v1.x, v2.x, v3.x);
    b[(4u * q + 1u) * 16u + r] = vec4f(v0.y, v1.y, v2.y, v3.y);
    b[(4u * q + 2u) * 16u + r] = vec4f(v0.z, v1.z, v2.z, v3.z);
    b[(4u * q + 3u) * 16u + r] = vec4f(v0.w, v1.w, v2.w, v3.w);
    return;
  }
  for (var i = 0u; i < 4u; i++) {
    let place = i * 128u + t;
    let row = k + place / 16u;
    var v = vec4f();
    if (row < p.depth) { v = rightAt(row, 4u * (place % 16u) + column); }
    b[place] = v;
  }
}

fn store(row: u32, column: u32, sums: vec4f) {
  let place = p.outColumn + column;
  let at = ((p.outRow + row) * p.outStep + place) / 4u;
  let old = out[at];
  var value = p.factor * sums;
  if (p.keep != 0.0) { value += p.keep * old; }
  out[at] = select(old, value, vec4u(place) + vec4u(0u, 1u, 2u, 3u) >= vec4u(p.firstColumn));
}

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = 64u * tile.y;
  let column = 64u * tile.x;
  if (i32(column) + 64 <= i32(row) + p.skipBelow) { return; }
  let begin = u32(max(0, i32(row) + p.leftFrom)) / 32u * 32u;
  let end = u32(max(0, min(i32(p.depth), i32(column) + p.rightTo)));
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  for (var k = begin; k < end; k += 32u) {
    if (t < 128u) { loadLeft(t, row, k); } else { loadRight(t - 128u, k, column); }
    workgroupBarrier();
    for (var i = 0u; i < 32u; i++) {
      let x = a[i * 16u + local.y];
      let y = b[i * 16u + local.x];
      c0 += x.x * y;
      c1 += x.y * y;
      c2 += x.z * y;
      c3 += x.w * y;
    }
    workgroupBarrier();
  }
  let r = row + 4u * local.y;
  let c = column + 4u * local.x;
  store(r, c, c0);
  store(r + 1u, c, c1);
  store(r + 2u, c, c2);
  store(r + 3u, c, c3);
}
