"""NF4 by bitsandbytes on the processor. Matrices come as files of float32, row-major."""

from lines import serve  # first: it keeps what libraries print out of the replies

import time

import bitsandbytes
import numpy
import torch
from bitsandbytes.functional import quantize_4bit

state = {}


def load(weight, rows, columns):
    state["weight"] = torch.from_numpy(numpy.fromfile(weight, dtype=numpy.float32).reshape(rows, columns))


def run(threads, blocksize):
    torch.set_num_threads(threads)
    start = time.perf_counter()
    state["codes"], state["result"] = quantize_4bit(
        state["weight"], blocksize=blocksize, compress_statistics=False, quant_type="nf4"
    )
    return time.perf_counter() - start


def save(codes, absmax):
    state["codes"].numpy().tofile(codes)
    state["result"].absmax.numpy().tofile(absmax)


serve(
    lambda: {"bitsandbytes": bitsandbytes.__version__, "torch": torch.__version__},
    {"load": load, "run": run, "save": save},
)
