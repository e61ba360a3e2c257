"""The server that the tests talk to: the real one, as a process of its own, one for all of them."""

import atexit
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
import uuid
from pathlib import Path
from typing import Dict, NamedTuple, NoReturn, Optional, Union

import onym

REPOSITORY = Path(__file__).resolve().parents[3]
START_MAX_S = 60.0
STOP_MAX_S = 30.0

_SECRET_KEY = "sk_python_tests"
_WRITE_KEY = "pk_python_tests"


class Server(NamedTuple):
    url: str
    secret_key: str
    write_key: Optional[str]
    """None where a server of one's own was named and no publishable key."""
    is_fresh: bool
    """True where it was started for these tests and holds nothing else."""


def lack(what: str) -> NoReturn:
    """Says that something these tests need is absent: the test is skipped, or, with CI=true, fails."""
    if os.environ.get("CI") == "true":
        raise RuntimeError(f"{what} is not installed, and this test needs it.")
    raise unittest.SkipTest(f"{what} is not installed")


def need(command: str) -> str:
    """The path of a command, which may be lacking."""
    return shutil.which(command) or lack(command)


_started: Union[Server, Exception, None] = None


def server() -> Server:
    global _started
    if _started is None:
        try:
            _started = _named() or _start()
        # Kept, so that each test says it and none tries again for a minute.
        except (Exception, unittest.SkipTest) as error:
            _started = error
    if isinstance(_started, Exception):
        raise _started
    return _started


def _named() -> Optional[Server]:
    url = os.environ.get("ONYM_TEST_URL")
    if url is None:
        return None
    return Server(url, os.environ["ONYM_TEST_SECRET_KEY"], os.environ.get("ONYM_TEST_WRITE_KEY"), False)


def _start() -> Server:
    node = need("node")
    directory = tempfile.mkdtemp(prefix="onym-python-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    process = subprocess.Popen(
        [node, "--conditions=onym-source", "--import", "tsx", "packages/server/test/system/onym-child.ts", "serve"],
        cwd=REPOSITORY,
        env={
            **clean_environment(),
            "UV_THREADPOOL_SIZE": "16",
            "ONYM_DATA_DIR": directory,
            "ONYM_PORT": "0",
            "ONYM_LOG_LEVEL": "warn",
            "ONYM_INITIAL_SECRET_KEY": _SECRET_KEY,
            "ONYM_INITIAL_WRITE_KEY": _WRITE_KEY,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    atexit.register(_stop, process)
    lines: "queue.Queue[Optional[str]]" = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    said = ""
    while True:
        try:
            line = lines.get(timeout=START_MAX_S)
        except queue.Empty:
            raise RuntimeError(f"The server does not listen after {START_MAX_S} s.\n{said}") from None
        if line is None:
            raise RuntimeError(f"The server ended with {process.wait()} before it listened.\n{said}")
        said += line
        listening = re.search(r'listens at (http://[^\s"]+)', line)
        if listening:
            return Server(listening.group(1), _SECRET_KEY, _WRITE_KEY, True)


def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[Optional[str]]") -> None:
    # To the end, so that the server never waits for a reader.
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_MAX_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def clean_environment() -> Dict[str, str]:
    """This process's variables, without what would configure a server, pip or another Node."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ONYM_", "VITEST", "PIP_")) and name not in ("NODE_OPTIONS", "PYTHONPATH")
    }


class ServerTestCase(unittest.TestCase):
    """Tests against the real server, each with ids of its own."""

    def setUp(self) -> None:
        self.server = server()
        self.own = uuid.uuid4().hex[:12]
        self.client = onym.Onym(self.server.secret_key, self.server.url)
        self.addCleanup(self.client.close)

    def named(self, name: str) -> str:
        """An identifier that no other test has."""
        return f"{name}-{self.own}"

    def writer(self) -> onym.Onym:
        """A client with the publishable key."""
        if self.server.write_key is None:
            self.skipTest("ONYM_TEST_WRITE_KEY is not set, and this test needs a publishable key")
        client = onym.Onym(self.server.write_key, self.server.url)
        self.addCleanup(client.close)
        return client
