/**
 * Counts n-grams of all orders at once, without making a string of any: an n-gram is a node of a trie, found in an
 * open-addressing hash table under (node of the n-gram without its last symbol, last symbol).
 *
 * One trie serves many segments; {@link NgramTrie.clear} costs O(1) because slots carry the generation they belong to.
 */
export class NgramTrie {
  #capacity = 1024;
  #generation = 1; // slots start in generation 0, so all are free
  #nodes = 1; // node 0 is the empty n-gram
  #reference = 0;
  #slotNode = new Int32Array(this.#capacity);
  #slotGeneration = new Int32Array(this.#capacity);
  #parent = new Int32Array(this.#capacity >> 1);
  #symbol = new Int32Array(this.#capacity >> 1);
  #limit = new Int32Array(this.#capacity >> 1); // largest count in any one reference
  #count = new Int32Array(this.#capacity >> 1); // count in the text being read
  #text = new Int32Array(this.#capacity >> 1); // which text `#count` belongs to

  /** Forgets all n-grams. */
  clear(): void {
    this.#generation++;
    this.#nodes = 1;
    this.#reference = 0;
  }

  /**
   * Adds a reference: afterwards an n-gram's limit is its largest count in any one reference since {@link clear}.
   * @param symbols Non-negative numbers that stand for words or characters.
   * @param length How many of them to read.
   * @param order The longest n-gram.
   */
  add(symbols: ArrayLike<number>, length: number, order: number): void {
    this.#reference++;
    for (let i = 0; i < length; i++) {
      const last = Math.min(length, i + order);
      for (let k = i, node = 0; k < last; k++) {
        node = this.#child(node, symbols[k]);
        const count = this.#bump(node);
        if (count > this.#limit[node]) this.#limit[node] = count;
      }
    }
  }

  /**
   * Counts the n-grams of a hypothesis that occur in the references, each at most as often as its limit.
   * @param matches Receives the counts, by order: `matches[offset + (n - 1) * stride]`.
   */
  match(
    symbols: ArrayLike<number>,
    length: number,
    order: number,
    matches: Float64Array,
    offset: number,
    stride: number,
  ): void {
    this.#reference++;
    for (let i = 0; i < length; i++) {
      const last = Math.min(length, i + order);
      for (let k = i, node = 0, at = offset; k < last; k++, at += stride) {
        node = this.#find(node, symbols[k]);
        if (node < 0) break; // no longer n-gram can match either
        if (this.#bump(node) <= this.#limit[node]) matches[at]++;
      }
    }
  }

  #bump(node: number): number {
    if (this.#text[node] !== this.#reference) {
      this.#text[node] = this.#reference;
      this.#count[node] = 0;
    }
    return ++this.#count[node];
  }

  #slot(parent: number, symbol: number): number {
    const mask = this.#capacity - 1;
    let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(symbol + 1, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (this.#slotGeneration[slot] === this.#generation) {
      const node = this.#slotNode[slot];
      if (this.#parent[node] === parent && this.#symbol[node] === symbol) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #find(parent: number, symbol: number): number {
    const slot = this.#slot(parent, symbol);
    return this.#slotGeneration[slot] === this.#generation ? this.#slotNode[slot] : -1;
  }

  #child(parent: number, symbol: number): number {
    let slot = this.#slot(parent, symbol);
    if (this.#slotGeneration[slot] === this.#generation) return this.#slotNode[slot];
    if (this.#nodes === this.#parent.length) {
      this.#grow();
      slot = this.#slot(parent, symbol);
    }
    const node = this.#nodes++;
    this.#slotGeneration[slot] = this.#generation;
    this.#slotNode[slot] = node;
    this.#parent[node] = parent;
    this.#symbol[node] = symbol;
    this.#limit[node] = 0;
    this.#text[node] = 0;
    return node;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#slotNode = new Int32Array(this.#capacity);
    this.#slotGeneration = new Int32Array(this.#capacity).fill(this.#generation - 1);
    this.#parent = doubled(this.#parent);
    this.#symbol = doubled(this.#symbol);
    this.#limit = doubled(this.#limit);
    this.#count = doubled(this.#count);
    this.#text = doubled(this.#text);
    for (let node = 1; node < this.#nodes; node++) {
      const slot = this.#slot(this.#parent[node], this.#symbol[node]);
      this.#slotGeneration[slot] = this.#generation;
      this.#slotNode[slot] = node;
    }
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const result = new Int32Array(array.length * 2);
  result.set(array);
  return result;
}

/** Numbers words in order of first sight, so that they can be symbols of an {@link NgramTrie}. */
export class WordNumbers {
  #numbers = new Map<string, number>();

  /** Forgets all words. */
  clear(): void {
    this.#numbers.clear();
  }

  /** The numbers of words, new ones for words not seen before. */
  of(words: readonly string[]): number[] {
    return words.map((word) => {
      let number = this.#numbers.get(word);
      if (number === undefined) this.#numbers.set(word, number = this.#numbers.size);
      return number;
    });
  }
}
