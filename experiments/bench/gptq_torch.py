"""GPTQ by the authors' program, from a local checkout of it: gptq_torch.py FOLDER. Matrices come as files of float32, row-major."""

from lines import serve  # first: it keeps what libraries print out of the replies

import contextlib
import io
import sys
import time

import numpy
import torch

sys.path.insert(0, sys.argv[1])
torch.cuda.synchronize = lambda: None  # the program asks for it on every machine
from gptq import GPTQ
from quant import Quantizer

layer = {}


def matrix(path, rows, columns):
    return torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32).reshape(rows, columns))


def load(weight, hessian, rows, columns):
    layer["weight"] = matrix(weight, rows, columns)
    layer["hessian"] = matrix(hessian, columns, columns)


def run(threads, bits, groupsize, percdamp, blocksize):
    """Seconds and loss of one run; what it gets and does not need afterwards is copied outside the time."""
    torch.set_num_threads(threads)
    rows, columns = layer["weight"].shape
    linear = torch.nn.Linear(columns, rows, bias=False)
    linear.weight.data = layer["weight"].clone()
    with torch.no_grad():
        work = GPTQ(linear)
        work.H = layer["hessian"].clone()
        work.quantizer = Quantizer()
        work.quantizer.configure(bits, perchannel=True, sym=False, mse=False)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            start = time.perf_counter()
            work.fasterquant(blocksize=blocksize, percdamp=percdamp, groupsize=groupsize)
            seconds = time.perf_counter() - start
    layer["result"] = linear.weight.data
    said = dict(line.split() for line in printed.getvalue().splitlines())
    return {"seconds": seconds, "loss": float(said["error"])}


def save(path):
    layer["result"].numpy().tofile(path)


serve(lambda: {"torch": torch.__version__}, {"load": load, "run": run, "save": save})
