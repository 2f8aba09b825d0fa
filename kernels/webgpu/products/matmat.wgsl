// Matrix-matrix products: a workgroup of 256 threads makes a tile of 64 rows of X by 64 of W, 16 columns at a time, which are expanded
// to float32 in workgroup memory; a thread keeps 4 x 4 sums.
var<workgroup> tile_x: array<vec4f, 256>; // [16 columns, 64 rows of X / 4]
var<workgroup> tile_w: array<vec4f, 256>; // [16 columns, 64 rows of W / 4]

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  prepare(thread);
  let m = group.y * 64u;
  let n = group.x * 64u;
  let tile_row = thread / 4u; // this thread loads one quad of one row of either tile
  let tile_quad = thread % 4u;
  let at = tile_quad * 64u + tile_row / 4u;
  let lane = tile_row % 4u;
  let x_row = min(m + tile_row, shape.inputs - 1u) * shape.quads;
  let w_row = min(n + tile_row, shape.rows - 1u);
  var sums = array<vec4f, 4>();
  for (var q = 0u; q < shape.quads; q += 4u) {
    let a = x[x_row + q + tile_quad];
    let b = quad(w_row, q + tile_quad);
    for (var i = 0u; i < 4u; i++) {
      tile_x[at + 16u * i][lane] = a[i];
      tile_w[at + 16u * i][lane] = b[i];
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let u = tile_x[16u * k + local.y];
      let v = tile_w[16u * k + local.x];
      for (var i = 0u; i < 4u; i++) {
        sums[i] += u[i] * v;
      }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    for (var j = 0u; j < 4u; j++) {
      let row = m + 4u * local.y + i;
      let column = n + 4u * local.x + j;
      if (row < shape.inputs && column < shape.rows) {
        y[row * shape.outputs + shape.first + column] = sums[i][j];
      }
    }
  }
}
