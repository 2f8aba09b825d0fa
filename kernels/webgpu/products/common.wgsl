// What every product shares: Y = X Wᵀ with X [inputs, 4·quads] and Y [inputs, outputs]; a panel holds the rows of W from `first` on.
// A format's file adds, from binding 2 on, the panel's data and this shape, and
//   STEP_QUADS            quads (of four columns) that one step of a matrix-vector product takes, 1 or 8
//   prepare(thread)       is called first by every thread
//   quad(row, q)          columns 4q to 4q + 3 of a row of the panel
//   step_dot(row, step)   Σ w·x over the columns of a step, x from `input`
struct Shape {
  rows: u32, // of the panel
  first: u32,
  outputs: u32,
  quads: u32,
  inputs: u32,
  groups: u32, // grids of a row (integer)
  columns: u32, // of W before they were padded (nf4)
  offset: u32, // elements of the panel's first block that lie in the panel before it (nf4)
}
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

// of the step that `step_dot` multiplies
var<private> input: array<vec4f, 8>; // x
var<private> input_first: u32; // where it begins in X
var<private> input_sum: f32; // Σ x
