"""Serves a Python function to Prompt Parity (protocol v1). No dependencies.

    target: { command: [python, parity_function.py, "app.answer:answer"] }

The function gets the variables of a case as keyword arguments and returns a text, or a dict with "output" and, where it knows
them, "retrieved", "tool_calls", "timings", "usage" and "model". It may be async.
"""

import asyncio
import importlib
import inspect
import json
import math
import os
import sys
import traceback


def load(name):
    module, _, attribute = name.partition(":")
    sys.path.insert(0, os.getcwd())
    found = importlib.import_module(module)
    for part in (attribute or "answer").split("."):
        found = getattr(found, part)
    return found


def plain(value):
    """JSON has no NaN and no infinity: they are nothing there."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def say(line):
    data = (json.dumps(plain(line), allow_nan=False) + "\n").encode()
    while data:
        data = data[os.write(3, data):]


def serve(answer, start=None):
    """One loop for the whole process: clients of async SDKs belong to the loop that they were made in.

    What comes before `ready`, such as an async `start`, is not part of the time that the first answer takes.
    """
    loop = asyncio.new_event_loop()
    try:
        if start is not None:
            loop.run_until_complete(start())
        say({"ready": True})
    except Exception:  # The first answer tries again, and says what is wrong.
        traceback.print_exc()
    for text in sys.stdin:
        asked = json.loads(text)
        try:
            said = answer(asked)
            if inspect.isawaitable(said):
                said = loop.run_until_complete(said)
            whole = isinstance(said, dict) and ("output" in said or "error" in said)
            say({**(said if whole else {"output": said}), "id": asked["id"]})
        except Exception as error:
            traceback.print_exc()
            say({"id": asked["id"], "error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    function = load(sys.argv[1])
    serve(lambda asked: function(**asked["vars"]))
