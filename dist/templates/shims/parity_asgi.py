"""Serves a route of a FastAPI, Starlette or any other ASGI application to Prompt Parity (protocol v1). No dependencies.

    target: { command: [python, parity_asgi.py, "app.main:app", POST, /answer, answer] }

The variables of a case are the JSON body; {name} in the path is filled with a variable. The last word is the key of the answer in
the JSON that comes back ("data.text" goes deeper); without it the whole body is the answer. Needs parity_function.py beside it.
"""

import asyncio
import json
import re
import sys
from urllib.parse import quote, unquote

from parity_function import load, serve


class Client:
    """The application in this process, started once as a server would."""

    def __init__(self, app):
        self.app = app
        self.state = {}
        self.started = None

    async def start(self):
        ready = asyncio.get_running_loop().create_future()
        asked = iter([{"type": "lifespan.startup"}])

        async def receive():
            event = next(asked, None)
            return event if event is not None else await asyncio.Future()

        async def send(event):
            if not ready.done():
                failed = event["type"].endswith(".failed")
                ready.set_exception(RuntimeError(event.get("message", "startup failed"))) if failed else ready.set_result(None)

        async def live():
            try:
                await self.app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}, receive, send)
            except Exception:  # An application without a lifespan says so like this.
                pass
            if not ready.done():
                ready.set_result(None)

        self.task = asyncio.ensure_future(live())
        await ready
        self.started = True

    async def request(self, method, path, body):
        if self.started is None:
            await self.start()
        data = b"" if method == "GET" else json.dumps(body).encode()
        plain, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": unquote(plain), "raw_path": plain.encode(), "root_path": "", "query_string": query.encode(),
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", str(len(data)).encode())],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": dict(self.state),
        }
        sent, status, parts, done = False, 0, [], asyncio.Event()

        async def receive():
            nonlocal sent
            if sent:
                await done.wait()
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": data, "more_body": False}

        async def send(event):
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
            elif event["type"] == "http.response.body":
                parts.append(event.get("body", b""))
                if not event.get("more_body"):
                    done.set()

        await self.app(scope, receive, send)
        return status, b"".join(parts).decode()


def fill(path, values):
    return re.sub(r"\{(\w+)\}", lambda found: quote(str(values.get(found[1], "")), safe=""), path)


def pick(text, key):
    if not key:
        return text
    value = json.loads(text)
    for part in key.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


if __name__ == "__main__":
    name, method, path = sys.argv[1:4]
    client = Client(load(name))

    async def answer(asked):
        status, text = await client.request(method.upper(), fill(path, asked["vars"]), asked["vars"])
        if status >= 400:
            return {"error": f"{method} {path} answered {status}: {text[:300]}"}
        return {"output": pick(text, sys.argv[4] if len(sys.argv) > 4 else "")}

    serve(answer, client.start)
