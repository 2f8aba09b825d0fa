// DSnoT, one workgroup a row: the keys of its lists, then its cycles. The rows' swaps do not depend on each other, but rows that have stopped
// go on writing while any other row goes on. So rows run until they stop, and are resumed when the longest is known.
// exact_float.wgsl and dsnot_lists.wgsl stand before this.

var<workgroup> tally: array<atomic<u32>, 3>; // kept, with M < 0, with M > 0
var<workgroup> going: u32;
var<workgroup> regrow: Search;
var<workgroup> prune: Search;

// A sum that is rounded to float32 here and nowhere else.
fn sum(a: u32, b: u32) -> u32 {
  return bitcast<u32>(bitcast<f32>(a) + bitcast<f32>(b)) ^ parameters.zero;
}

fn write_keys(index: u32, start: u32, thread: u32) {
  for (var j = thread; j < parameters.columns; j += THREADS) {
    let at = start + j;
    let kept = is_kept(index, j);
    let share = pruned_share(start, j);
    regrow_keys[at] = order_key(quotient(select(share, 0u, kept), statistics[2u * parameters.columns + j]));
    prune_keys[at] = select(NOBODY, INFINITE, parameters.run > 0u);
    if (!kept) { continue; }
    let sign = sign_of(share);
    atomicAdd(&tally[0], 1u);
    if (sign == 2u) { atomicAdd(&tally[1], 1u); }
    if (sign == 1u) { atomicAdd(&tally[2], 1u); }
    // those of neither sign stand in the list for a moment, until `smallest` is known
    prune_keys[at] = metric(start, j);
  }
}

// Tells positive ones and those that are of neither sign from negative ones.
fn mark_signs(index: u32, start: u32, thread: u32) {
  for (var j = thread; j < parameters.columns; j += THREADS) {
    if (!is_kept(index, j)) { continue; }
    let sign = sign_of(pruned_share(start, j));
    if (sign == 1u) { prune_keys[start + j] |= SIGN; }
    if (sign == 0u || sign == NAN_SIGN) { prune_keys[start + j] = NOBODY; }
  }
}

fn begin(index: u32, start: u32, thread: u32) {
  if (thread < 3u) { atomicStore(&tally[thread], 0u); }
  workgroupBarrier();
  write_keys(index, start, thread);
  storageBarrier();
  workgroupBarrier();
  if (parameters.run == 0u) {
    let all = Search(0u, parameters.columns, 0u, NOBODY - 1u, 0u, 1u, 0u, 0u);
    let smallest = next_column(PRUNE, all, start, thread);
    workgroupBarrier();
    mark_signs(index, start, thread);
    if (thread == 0u) { row.smallest = smallest; }
    storageBarrier();
    workgroupBarrier();
  }
  if (thread == 0u) {
    row.first_sign = sign_of(row.error);
    row.kept = atomicLoad(&tally[0]);
    row.negative = atomicLoad(&tally[1]);
    row.positive = atomicLoad(&tally[2]);
  }
}

// Takes a column from the list to bring back: from the back if the error is positive.
fn plan_regrow() {
  let end = select(0u, 1u, sign_of(row.error) == 1u);
  let taken = row.regrown[end];
  if (taken >= parameters.columns) {
    row.failed = REGROW;
    return;
  }
  let flip = select(0u, 0xffffffffu, end == 1u);
  let fresh = select(0u, 1u, taken == 0u);
  regrow = Search(0u, parameters.columns, 0u, 0xffffffffu, flip, fresh, row.last_regrown[end], end);
  row.regrown[end] = taken + 1u;
}

// Takes a column from the list to prune: from the back if the error is negative. Both ends may reach the other's part.
fn plan_prune() {
  let end = select(0u, 1u, sign_of(row.error) == 2u);
  let taken = row.pruned[end];
  if (taken >= row.kept) {
    row.failed = PRUNE;
    return;
  }
  row.pruned[end] = taken + 1u;
  let back = end == 1u;
  let position = select(taken, row.kept - 1u - taken, back);
  let positives = row.kept - row.positive; // where they begin, the largest metric first
  let last = row.last_pruned[end];
  if (position < row.negative) {
    let fresh = select(0u, 1u, position == select(0u, row.negative - 1u, back));
    let flip = select(0u, 0xffffffffu, back);
    prune = Search(0u, parameters.columns, 0u, SIGN - 1u, flip, fresh, last, 2u + end);
  } else if (position >= positives) {
    let fresh = select(0u, 1u, position == select(positives, row.kept - 1u, back));
    let flip = select(0xffffffffu, 0u, back);
    prune = Search(0u, parameters.columns, SIGN, NOBODY - 1u, flip, fresh, last, 2u + end);
  } else {
    prune = Search(row.smallest, row.smallest + 1u, 0u, 0xffffffffu, 0u, 1u, 0u, 2u + end);
  }
}

// The rule by which a swap is accepted. The threshold is for the error before it, the sign for the error after it.
fn accepts(after: u32) -> bool {
  let magnitude = row.error & MAGNITUDE;
  let sign = sign_of(after);
  let keeps_sign = sign == row.first_sign && sign != NAN_SIGN;
  return magnitude > parameters.threshold && magnitude <= INFINITE &&
    (parameters.same_sign == 0u || keeps_sign);
}

fn offer_swap(index: u32, start: u32, r: u32, p: u32) {
  row.last_regrown[select(0u, 1u, regrow.flip != 0u)] = r;
  row.last_pruned[select(0u, 1u, sign_of(row.error) == 2u)] = p;
  if (parameters.run > 0u) { prune_keys[start + p] = INFINITE; }
  let after = sum(sum(row.error, pruned_share(start, p)), pruned_share(start, r) ^ SIGN);
  if (!accepts(after)) { row.alive = 0u; }
  let alive = row.alive == 1u;
  if (!alive && parameters.rest == 1u) { return; }
  keep(index, p, !alive); // in this order: p and r can be the same column
  keep(index, r, alive);
  if (!alive) { return; }
  row.error = after;
  row.swaps += 1u;
}

fn begin_cycle() {
  let limit = select(parameters.cycles, atomicLoad(&longest), parameters.resumed == 1u);
  going = 0u;
  if (row.failed != 0u || row.cycles >= limit) { return; }
  if (row.alive == 0u && parameters.resumed == 0u) { return; }
  row.cycles += 1u;
  plan_regrow();
  if (parameters.run == 0u && row.failed == 0u) { plan_prune(); }
  going = select(0u, 1u, row.failed == 0u);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = group.x + group.y * groups.x;
  if (index >= parameters.rows) { return; }
  let start = index * parameters.columns;
  if (thread == 0u) { row = rows[index]; }
  workgroupBarrier();
  if (parameters.resumed == 0u) { begin(index, start, thread); }
  loop {
    if (thread == 0u) { begin_cycle(); }
    if (workgroupUniformLoad(&going) == 0u) { break; }
    let r = next_column(REGROW, regrow, start, thread);
    var chosen: Search;
    if (parameters.run > 0u) {
      let first = r - r % parameters.run;
      chosen = Search(first, first + parameters.run, 0u, 0xffffffffu, 0u, 1u, first, 2u);
    } else {
      chosen = prune;
    }
    let p = next_column(PRUNE, chosen, start, thread);
    if (thread == 0u) { offer_swap(index, start, r, p); }
    storageBarrier();
  }
  if (thread == 0u) {
    rows[index] = row;
    if (parameters.resumed == 0u) { atomicMax(&longest, row.cycles); }
  }
}
