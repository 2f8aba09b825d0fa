// Sums over the threads of each subgroup at once, then over subgroups. Needs the feature "subgroups".
var<workgroup> partial: array<vec4f, 64>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  prepare(thread);
  let sums = subgroupAdd(thread_sums(group.x * ROWS, group.y, thread));
  if (lane == 0u) {
    partial[thread / size] = sums;
  }
  workgroupBarrier();
  var all = vec4f();
  for (var i = 0u; i < (THREADS + size - 1u) / size; i++) {
    all += partial[i];
  }
  store(group.x * ROWS, group.y, thread, all);
}
