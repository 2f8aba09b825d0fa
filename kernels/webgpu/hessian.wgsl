// Adds XᵀX of tokens X [tokens, step] to rows of a sum [step, step]: tiles of 64 x 64 on and above the diagonal, 4 x 4 sums a thread.
// 32 tokens are summed on their own before they join the others, which keeps the rounding errors of long sums small.
struct Places {
  step: u32,
  tokens: u32,
  firstRow: u32, // row of the sum with which its buffer begins
}

@group(0) @binding(0) var<storage, read_write> sum: array<vec4f>;
@group(0) @binding(1) var<storage, read> inputs: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Places;

var<workgroup> a: array<vec4f, 512>; // [32 tokens, 64 rows of the sum]
var<workgroup> b: array<vec4f, 512>; // [32 tokens, 64 columns of the sum]

fn inputAt(token: u32, column: u32) -> vec4f {
  if (token < p.tokens) { return inputs[(token * p.step + column) / 4u]; }
  return vec4f();
}

fn add(row: u32, column: u32, value: vec4f) {
  sum[(row * p.step + column) / 4u] += value;
}

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) tile: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = 64u * tile.y;
  let column = 64u * tile.x;
  if (column < p.firstRow + row) { return; }
  var s0 = vec4f();
  var s1 = vec4f();
  var s2 = vec4f();
  var s3 = vec4f();
  for (var k = 0u; k < p.tokens; k += 32u) {
    for (var place = t; place < 512u; place += 256u) {
      let token = k + place / 16u;
      let offset = 4u * (place % 16u);
      a[place] = inputAt(token, p.firstRow + row + offset);
      b[place] = inputAt(token, column + offset);
    }
    workgroupBarrier();
    var c0 = vec4f();
    var c1 = vec4f();
    var c2 = vec4f();
    var c3 = vec4f();
    for (var i = 0u; i < 32u; i++) {
      let x = a[i * 16u + local.y];
      let y = b[i * 16u + local.x];
      c0 += x.x * y;
      c1 += x.y * y;
      c2 += x.z * y;
      c3 += x.w * y;
    }
    s0 += c0;
    s1 += c1;
    s2 += c2;
    s3 += c3;
    workgroupBarrier();
  }
  let r = row + 4u * local.y;
  let c = column + 4u * local.x;
  add(r, c, s0);
  add(r + 1u, c, s1);
  add(r + 2u, c, s2);
  add(r + 3u, c, s3);
}
