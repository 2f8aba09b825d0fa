// The largest magnitude of each block of BLOCK elements, as bits: NaN and infinities are larger than all others.
override BLOCK: u32;

struct Parameters {
  elements: u32,
  blocks: u32,
}

@group(0) @binding(0) var<storage, read> weight: array<u32>;
@group(0) @binding(1) var<storage, read_write> maxima: array<u32>;
@group(0) @binding(2) var<uniform> parameters: Parameters;

const THREADS = 64u;
var<workgroup> largest: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let block = group.x + group.y * groups.x;
  if (block >= parameters.blocks) { return; }
  let end = min((block + 1u) * BLOCK, parameters.elements);
  var most = 0u;
  for (var i = block * BLOCK + thread; i < end; i += THREADS) {
    most = max(most, weight[i] & 0x7fffffffu);
  }
  largest[thread] = most;
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (thread < width) { largest[thread] = max(largest[thread], largest[thread + width]); }
  }
  if (thread == 0u) { maxima[block] = largest[0]; }
}
