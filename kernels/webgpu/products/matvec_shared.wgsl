// Sums over threads by a tree in workgroup memory.
var<workgroup> partial: array<vec4f, 64>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  prepare(thread);
  partial[thread] = thread_sums(group.x * ROWS, group.y, thread);
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half >>= 1u) {
    if (thread < half) {
      partial[thread] += partial[thread + half];
    }
    workgroupBarrier();
  }
  store(group.x * ROWS, group.y, thread, partial[0]);
}
