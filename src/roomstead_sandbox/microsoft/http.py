"""Graph's way to send JSON."""

from roomstead_sandbox.wire import Answer, json_answer

GRAPH_JSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


def graph_answer(data: object, status: int = 200) -> Answer:
    """An answer that carries JSON as Graph labels it."""
    return json_answer(data, status, GRAPH_JSON)
