"""Serves a LangChain runnable to Prompt Parity (protocol v1). Needs langchain-core, and parity_function.py beside it.

    target: { command: [python, parity_langchain.py, "app.chain:chain"] }

The variables of a case are the input of the runnable. Documents that its retrievers find and the time that they take travel into
the report; calls of models are seen by the recording proxy.
"""

import sys
import time

from langchain_core.callbacks import BaseCallbackHandler
from parity_function import load, serve


class Watch(BaseCallbackHandler):
    def __init__(self):
        self.retrieved, self.calls, self.began, self.retrieval = [], [], {}, 0.0

    def on_retriever_start(self, serialized, query, *, run_id, **_):
        self.began[run_id] = time.monotonic()

    def on_retriever_end(self, documents, *, run_id, **_):
        self.retrieval += time.monotonic() - self.began.pop(run_id, time.monotonic())
        for document in documents:
            name = getattr(document, "id", None) or document.metadata.get("source") or str(len(self.retrieved))
            self.retrieved.append({"id": str(name), "text": document.page_content})

    def on_tool_start(self, serialized, input_str, *, inputs=None, **_):
        self.calls.append({"name": (serialized or {}).get("name", "tool"), "arguments": inputs if inputs is not None else input_str})


def text_of(said):
    if isinstance(said, dict):
        if "messages" in said:
            return text_of(said["messages"][-1])
        return text_of(next((said[key] for key in ("output", "answer", "text", "result") if key in said), str(said)))
    content = getattr(said, "content", said)
    if isinstance(content, list):
        return "".join(part if isinstance(part, str) else part.get("text", "") for part in content)
    return content if isinstance(content, (str, int, float, bool)) else str(content)


if __name__ == "__main__":
    chain = load(sys.argv[1])

    async def answer(asked):
        watch = Watch()
        said = await chain.ainvoke(asked["vars"], config={"callbacks": [watch]})
        found = {"retrieved": watch.retrieved, "timings": {"retrieval": 1000 * watch.retrieval}} if watch.retrieved else {}
        return {"output": text_of(said), **found, **({"tool_calls": watch.calls} if watch.calls else {})}

    serve(answer)
