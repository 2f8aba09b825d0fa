"""PyTorch's rates on a CUDA card. Each handler returns seconds of one piece of work: the median of as many runs as are asked for."""

import gc
import statistics
import time

import torch
from torch.nn.functional import linear

from lines import serve

torch.backends.cuda.matmul.allow_tf32 = False
torch.set_grad_enabled(False)
CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda" if CUDA else "cpu")


def about():
    return {"torch": torch.__version__, "card": torch.cuda.get_device_name() if CUDA else None}


def normal(*shape, dtype=torch.float32):
    return torch.randn(*shape, device=DEVICE, dtype=dtype)


def timed(work, repeats):
    """Seconds by the card's own events; the first two runs set up memory and do not count."""
    seconds = []
    for run in range(repeats + 2):
        if CUDA:
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            begin.record()
            work()
            end.record()
            torch.cuda.synchronize()
            seconds.append(begin.elapsed_time(end) / 1000)
        else:
            start = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[2:])


def product(size, repeats):
    left, right = normal(size, size), normal(size, size)
    return timed(lambda: left @ right.T, repeats)


def hessian(tokens, columns, repeats):
    """From inputs in the processor's memory, as ours begins."""
    inputs = torch.randn(tokens, columns)
    total = torch.zeros(columns, columns, device=DEVICE)

    def work():
        x = inputs.to(DEVICE)
        total.addmm_(x.T, x)

    return timed(work, repeats)


def factor(columns, repeats):
    """The upper Cholesky factor of the inverse."""
    inputs = normal(2 * columns, columns)
    gram = inputs.T @ inputs / columns + 0.01 * torch.eye(columns, device=DEVICE)

    def work():
        inverse = torch.cholesky_inverse(torch.linalg.cholesky(gram))
        torch.linalg.cholesky(inverse, upper=True)

    return timed(work, repeats)


def decode(layers, dtype, repeats):
    """All linear products of a token: layers are [rows, columns, count]. On a card as one CUDA graph, as fast as PyTorch launches."""
    kind = getattr(torch, dtype)
    weights = [
        normal(rows, columns, dtype=kind) for rows, columns, count in layers for _ in range(count)
    ]
    inputs = {columns: normal(1, columns, dtype=kind) for _, columns, _ in layers}

    def work():
        for weight in weights:
            linear(inputs[weight.shape[1]], weight)

    work()
    if CUDA:
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            work()
        return timed(graph.replay, repeats)
    return timed(work, repeats)


def freeing(handler):
    """Gives the card's memory back afterwards, for whoever is measured next."""

    def handle(**arguments):
        try:
            return handler(**arguments)
        finally:
            gc.collect()
            torch.cuda.empty_cache()

    return handle


handlers = {"product": product, "hessian": hessian, "factor": factor, "decode": decode}
serve(about, {name: freeing(handler) for name, handler in handlers.items()})
