"""An HTTP server that answers as a test tells it, for what the real one does only when it is unwell."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Mapping, Optional, Tuple

# How long a request is left without an answer, unless the stub is closed before.
HANG_MAX_S = 30.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    """Which TCP connection it came on, counted from 0."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any = None
    """Sent as JSON; bytes as they are; None: what Onym would answer to good calls."""
    headers: Tuple[Tuple[str, str], ...] = ()


#: Instead of a Reply: no answer at all; the connection closed without one; an answer, and then the connection closed
#: unannounced.
HANG = "hang"
CLOSE = "close"
ANSWER_AND_CLOSE = "answer and close"


def error(status: int, code: str, **headers: str) -> Reply:
    body = {"ok": False, "error_code": code, "message": f"{code}, says the stub."}
    return Reply(status, body, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


class Stub:
    """Answers with `script` in turn; after its end as Onym answers good calls."""

    def __init__(self, *script: object) -> None:
        self.script = list(script)
        self.requests: List[Request] = []
        self._changed = threading.Condition()
        self._connections = 0
        self._closing = threading.Event()
        #: While cleared, requests are taken but not answered.
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._closing.set()
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()

    def wait_for_requests(self, count: int) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= count, HANG_MAX_S):
                raise AssertionError(f"{len(self.requests)} requests came, not {count}.")

    def connected(self) -> int:
        with self._changed:
            self._connections += 1
            return self._connections - 1

    def taken(self, request: Request) -> object:
        """What to do with the request."""
        with self._changed:
            self.requests.append(request)
            step = self.script.pop(0) if self.script else Reply(200)
            self._changed.notify_all()
        self.may_answer.wait(HANG_MAX_S)
        if step is HANG:
            self._closing.wait(HANG_MAX_S)
        return step


def _good_answer(request: Request) -> Dict[str, Any]:
    one = {"ok": True, "verdict": "applied", "seq": None}
    if not request.path.startswith(("/track", "/identify", "/alias")):
        return one
    item = request.json
    if not isinstance(item, list):
        return one
    return {"ok": True, "accepted": len(item), "rejected": [], "results": [one] * len(item)}


def _handler_of(stub: Stub) -> type:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            self.connection_number = stub.connected()
            super().setup()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            request = Request(
                self.command, self.path, dict(self.headers.items()), self.rfile.read(length), self.connection_number
            )
            step = stub.taken(request)
            if step in (HANG, CLOSE):
                self.close_connection = True
                return
            reply = step if isinstance(step, Reply) else Reply(200)
            body = reply.body if reply.body is not None else _good_answer(request)
            data = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8")
            try:
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                # The client has given up; so does its handler.
                self.close_connection = True
            if step is ANSWER_AND_CLOSE:
                self.close_connection = True

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def stub_for(test: Any, *script: object) -> Stub:
    """A stub that ends with the test."""
    stub = Stub(*script)
    test.addCleanup(stub.close)
    return stub


def header(request: Request, name: str) -> Optional[str]:
    return {key.lower(): value for key, value in request.headers.items()}.get(name.lower())
