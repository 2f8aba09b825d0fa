import os
import sys

sys.path.insert(0, sys.argv[1])
from lines import serve


def refuse(reason):
    raise ValueError(reason)


print("a library that prints")
serve(
    lambda: {"arguments": sys.argv[2:]},
    {"add": lambda a, b: a + b, "say": print, "refuse": refuse, "end": lambda: os._exit(3)},
)
