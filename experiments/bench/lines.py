"""Answers requests with replies, one JSON value a line, until the input ends.

A request is {"name": ..., "arguments": {...}}; its reply is {"value": ...} or {"error": "..."}. The first line, without a request,
is {"value": ...} with what the program says of itself. Import this first: from then on, whatever libraries print goes to standard
error.
"""

import json
import sys

_replies, sys.stdout = sys.stdout, sys.stderr


def serve(about, handlers):
    """Sends `about()`, then answers each request with what the handler of its name returns for its arguments."""
    def reply(function):
        try:
            answer = {"value": function()}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        _replies.write(json.dumps(answer) + "\n")
        _replies.flush()

    reply(about)
    for line in sys.stdin:
        request = json.loads(line)
        reply(lambda: handlers[request["name"]](**request["arguments"]))
