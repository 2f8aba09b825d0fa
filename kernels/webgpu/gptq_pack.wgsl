// Packs codes, each a float, into bytes: four columns a thread.
override step: u32;
@group(0) @binding(0) var<storage, read> codes: array<vec4f>; // [rows, step]
@group(0) @binding(1) var<storage, read_write> packed: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (4u * id.x >= step) { return; }
  let at = id.y * (step / 4u) + id.x;
  let c = vec4u(codes[at]);
  packed[at] = c.x | (c.y << 8u) | (c.z << 16u) | (c.w << 24u);
}
