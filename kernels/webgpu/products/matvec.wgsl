// Matrix-vector products: a workgroup takes ROWS rows of W and one of X, a thread every THREADS-th step of them, so that the inputs
// of a step are read once for ROWS rows.
override THREADS: u32;
const ROWS = 4u;

fn thread_sums(first: u32, m: u32, thread: u32) -> vec4f {
  var sums = vec4f();
  for (var step = thread; step < shape.quads / STEP_QUADS; step += THREADS) {
    input_first = m * shape.quads + step * STEP_QUADS;
    var sum = vec4f();
    for (var q = 0u; q < STEP_QUADS; q++) {
      input[q] = x[input_first + q];
      sum += input[q];
    }
    input_sum = dot(sum, vec4f(1.0));
    for (var k = 0u; k < ROWS; k++) {
      sums[k] += step_dot(min(first + k, shape.rows - 1u), step);
    }
  }
  return sums;
}

fn store(first: u32, m: u32, thread: u32, sums: vec4f) {
  if (thread < ROWS && first + thread < shape.rows) {
    y[m * shape.outputs + shape.first + first + thread] = sums[thread];
  }
}
