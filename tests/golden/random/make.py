"""Writes vectors.json: what NumPy's and Python's own generators give. Run: python make.py"""
import hashlib, json, platform, random
import numpy as np

def digest(numbers):
    return hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest()

SEEDS = [0, 1, 2, 42, 2**31, 2**32 - 1, 2**32, 2**53 - 1]
LENGTHS = [0, 1, 2, 3, 4, 5, 16, 17, 33]
LONG = [(0, 2009), (0, 12076), (0, 14211), (0, 15000), (0, 15406), (7, 65536), (7, 65537), (2**40 + 3, 100003)]

def python_short(seed):
    drawn = random.Random(seed)
    ends = [(0, 0), (0, 1), (0, 12075), (-5, 5), (1, 2**16), (0, 2**31 - 1), (0, 2**32 - 2)] * 3
    integers = [[low, high, drawn.randint(low, high)] for low, high in ends]
    shuffled = list(range(20))
    drawn.shuffle(shuffled)
    return {"seed": seed, "integers": integers, "shuffled": shuffled, "after": drawn.randint(0, 999)}

def python_long(seed, length):
    drawn, numbers = random.Random(seed), list(range(length))
    drawn.shuffle(numbers)
    integers = [drawn.randint(0, 12075) for _ in range(2000)]
    return {"seed": seed, "length": length, "shuffled": digest(numbers), "integers": digest(integers)}

vectors = {
    "versions": {"numpy": np.__version__, "python": platform.python_version()},
    "numpy": [
        {"seed": s, "order": np.random.default_rng(s).permutation(n).tolist()} for s in SEEDS for n in LENGTHS
    ],
    "numpy_long": [
        {"seed": s, "length": n, "sha256": digest(np.random.default_rng(s).permutation(n).tolist())} for s, n in LONG
    ],
    "python": [python_short(s) for s in SEEDS + [-1]],
    "python_long": [python_long(s, n) for s, n in LONG],
}
with open("vectors.json", "w") as file:
    json.dump(vectors, file, separators=(",", ":"))
    file.write("\n")
