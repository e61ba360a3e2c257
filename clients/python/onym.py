"""Onym's client for Python: track, identify, alias, and the verdict of each.

    from onym import Onym

    client = Onym(api_key="sk_...", base_url="http://127.0.0.1:7700")
    client.identify(distinct_id="user_123", anonymous_id="anonymous-1", traits={"plan": "pro"})
    client.alias(distinct_id="user_123", new_user_id="stripe:cus_abc123")

`Onym` sends each call at once and returns the server's answer. `BatchingOnym` queues calls, sends them in arrays from
a thread of its own, and returns a `Future` of the same answer. Everything that goes wrong is an `OnymError`.

Standard library only, Python 3.9 or newer. The one file can be copied as well as installed.
"""

import atexit
import email.utils
import http.client
import itertools
import json
import logging
import math
import operator
import os
import random
import re
import socket
import threading
import time
import urllib.parse
import uuid as uuids
import weakref
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import (
    Any,
    Callable,
    Deque,
    Dict,
    Generic,
    Iterable,
    List,
    Literal,
    Mapping,
    NamedTuple,
    NoReturn,
    Optional,
    Tuple,
    TypedDict,
    TypeVar,
    Union,
)

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "ApiError",
    "BatchingOnym",
    "Call",
    "Id",
    "LinkAnswer",
    "NetworkError",
    "Onym",
    "OnymError",
    "Resolved",
    "SplitAnswer",
    "Timestamp",
    "Verdict",
    "is_reserved",
]

# The server's limits, where the client must know them.
DISTINCT_ID_BYTES_MAX = 512
RESOLVE_IDS_MAX = 10_000
ITEMS_PER_REQUEST_MAX = 1_000

# What the arguments of a client may be at most.
DURATION_MAX_S = 86_400.0
RETRIES_MAX_MAX = 100
QUEUE_SIZE_MAX_MAX = 1_000_000

REQUEST_TIMEOUT_S = 10.0
#: Above the 35 s after which the server itself gives a query up.
QUERY_TIMEOUT_S = 45.0

RETRIES_MAX = 3
#: Nobody waits for a batch, so it outlasts a server's restart: about half a minute of waiting.
BATCHING_RETRIES_MAX = 8
BACKOFF_START_S = 0.25
BACKOFF_MAX_S = 10.0
#: A server that asks for more than this is not waited for; the error says how long it asked for.
RETRY_AFTER_MAX_S = 30.0

CONNECTIONS_IDLE_MAX = 8
#: Below the 72 s after which the server closes an idle connection.
CONNECTION_IDLE_S = 30.0

BATCH_SIZE_MAX = 100
#: A fifth of what the server takes as one body.
BATCH_BYTES_MAX = 4 * 1024 * 1024
QUEUE_SIZE_MAX = 10_000
QUEUE_BYTES_MAX = 64 * 1024 * 1024
FLUSH_INTERVAL_S = 1.0
FLUSH_TIMEOUT_S = 30.0
SHUTDOWN_TIMEOUT_S = 10.0
#: How long shutdown waits, beyond its time, for the attempt that is under way.
LAST_ATTEMPT_MAX_S = 1.0

_LIBRARY_NAME = "onym-python"

_logger = logging.getLogger("onym")

#: When something happened. A datetime must have a time zone: one without is the machine's local time to some and UTC
#: to others, so it is refused. A number is seconds since 1970 (below 1e11; above, milliseconds). A string is ISO
#: 8601, UTC where it names no zone.
Timestamp = Union[datetime, int, float, str]

#: An identifier. An integer is its digits, a UUID its usual text; a float or a bool is no id.
Id = Union[str, int, uuids.UUID]

Verdict = Literal["applied", "unchanged", "refused", "held"]


# Errors


class OnymError(Exception):
    """Whatever goes wrong. `code` is for programs: one of this client's below, or an error_code of the server
    (docs/http.md).

    `reserved-distinct-id`, `invalid-distinct-id`, `invalid-timestamp`, `invalid-payload`: the call is wrong and was
    not sent. `invalid-options`: an argument of the client itself. `queue-full`, `shut-down`: a BatchingOnym did not
    take or send the call. `internal-error`: a fault of the client, or of the server.
    """

    # Exception's own __init__ is not called: the arguments stay in `args` as they came, by which errors are pickled.
    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class ApiError(OnymError):
    """The server's own no: `status` is HTTP's, `code` the answer's error_code (`http-502` and the like where it is
    not Onym's answer).

    One item that was rejected within an array has status 422. `retry_after_s` is what the server asked to wait, in
    seconds, or None.
    """

    def __init__(self, status: int, code: str, message: str, retry_after_s: Optional[float] = None) -> None:
        super().__init__(code, message)
        self.status = status
        self.retry_after_s = retry_after_s


class NetworkError(OnymError):
    """No answer came, though it was asked for several times: `code` is `timeout` or `network-error`, `__cause__` what
    lay beneath.

    The call may have been recorded all the same. Sending it again with the same timestamp (for track: the same uuid)
    is harmless.
    """


# Answers


@dataclass(frozen=True)
class LinkAnswer:
    """What became of the link evidence that an event carried; `seq` names the link."""

    verdict: Verdict
    reason: Optional[str]
    seq: Optional[int]


@dataclass(frozen=True)
class Answer:
    """The server's verdict on one call. `refused` and `held` are answers, not errors, and `reason` says why.

    seq: the ledger row of the call, and the name of its link; for a repeat, the earlier row's; None where there is
    none.
    identity_id, canonical_id: whom the identifier belongs to now, on identify, alias and split. Given to keys with the
    scope `read`, as what follows.
    link: what became of a track's link evidence, if it carried any.
    blast_radius: what a dry run would change, as docs/http.md shows it.
    """

    verdict: Verdict
    reason: Optional[str] = None
    seq: Optional[int] = None
    identity_id: Optional[str] = None
    canonical_id: Optional[str] = None
    link: Optional[LinkAnswer] = None
    blast_radius: Optional[Dict[str, Any]] = None


@dataclass(frozen=True)
class SplitAnswer(Answer):
    """What a split took back.

    revoked: seqs of the links revoked. separations: the pairs {"a", "b"} that are kept apart from now on.
    still_connected: True when other evidence, which is `path`, still makes the two one identity.
    separations and path are given to keys with the scope `read`, and empty for others.
    """

    revoked: Tuple[int, ...] = ()
    separations: Tuple[Dict[str, str], ...] = ()
    still_connected: bool = False
    path: Tuple[Dict[str, Any], ...] = ()


class Resolved(TypedDict):
    """Who an identifier is."""

    identity_id: str
    canonical_id: str
    known: bool


def _answer_fields(body: Mapping[str, Any]) -> Dict[str, Any]:
    link = body.get("link")
    return {
        "verdict": body["verdict"],
        "reason": body.get("reason"),
        "seq": body.get("seq"),
        "identity_id": body.get("identity_id"),
        "canonical_id": body.get("canonical_id"),
        "link": None if link is None else LinkAnswer(link["verdict"], link.get("reason"), link.get("seq")),
        "blast_radius": body.get("blast_radius"),
    }


# Identifiers

# The server's own list and rules (docs/resolution.md, guard rails); a test compares the two.
_RESERVED_IN_ANY_CASE = frozenset(
    (
        "anonymous_id anonymous distinct_id distinctid email false guest id nan nil none not_authenticated null true "
        "undefined user_id user visitor_id visitor unknown"
    ).split(" ")
)
_RESERVED_EXACTLY = frozenset(["0", "-1", ".", ".."])
#: Reserved after a prefix too: `stripe:undefined`, `legacy:`, `anonymous-null`.
_MISSING = frozenset(["", "undefined", "null", "nil", "none", "nan"])
_OBJECT = re.compile(r"\[object .*\]", re.DOTALL)
_ALL_ZERO_UUID = re.compile(r"[{(]?0{8}-?0{4}-?0{4}-?0{4}-?0{12}[)}]?")
_ANONYMOUS_PREFIX = re.compile(r"\A(?:(?:anonymous|anon|visitor)[-_]|device-|\$device:)")
_CONTROL_CHARACTER = re.compile("[\u0000-\u001f\u007f-\u009f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: White space, control characters aside, and what else cannot be seen. Python's own strip() leaves much of it.
_UNSEEN = " \u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u2800\u3000\u3164\ufeff\uffa0" + "".join(
    chr(code)
    for first, last in (
        (0x180B, 0x180F),
        (0x2000, 0x200F),
        (0x2028, 0x202F),
        (0x205F, 0x206F),
        (0xFE00, 0xFE0F),
        (0xFFF0, 0xFFF8),
    )
    for code in range(first, last + 1)
)
_QUOTES = "\"'`"


def is_reserved(distinct_id: str) -> bool:
    """True for ids that name nobody: `null`, `guest`, `stripe:undefined`, `[object Object]`, blank, control
    characters, zero UUIDs."""
    return _why_reserved(distinct_id) is not None


def _bare(text: str) -> str:
    """Without what cannot be seen around it, and without quotes, however often."""
    text = text.strip(_UNSEEN)
    while len(text) >= 2 and text[0] in _QUOTES and text[0] == text[-1]:
        text = text[1:-1].strip(_UNSEEN)
    return text


def _why_reserved(distinct_id: str) -> Optional[str]:
    if _CONTROL_CHARACTER.search(distinct_id):
        return "holds a control character"
    text = _bare(distinct_id.lower())
    if text == "":
        return "is blank"
    if text in _RESERVED_EXACTLY or text in _RESERVED_IN_ANY_CASE:
        return "is on the list of ids that unset variables and logged-out visitors leave"
    if _ALL_ZERO_UUID.fullmatch(text):
        return "is an all-zero UUID"
    value = _bare(_ANONYMOUS_PREFIX.sub("", _bare(text.rpartition(":")[2])))
    if value in _MISSING or _OBJECT.fullmatch(value):
        return "is what a variable without a value leaves"
    return None


def _is_absent(value: object) -> bool:
    """Optional ids and fields may be None or empty."""
    return value is None or (isinstance(value, str) and value == "")


def _id_text(value: object, field: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, uuids.UUID):
        return str(value)
    try:
        # Integers of every kind, those of numpy too; but True is no id.
        if not isinstance(value, bool):
            return str(int(operator.index(value)))  # type: ignore[arg-type]
    except TypeError:
        pass
    except ValueError as error:
        raise _too_long(field) from error
    raise OnymError(
        "invalid-distinct-id",
        f"{field} is of type {type(value).__name__}. Send a string, an integer or a UUID: ids are compared as text.",
    )


def _too_long(field: str) -> OnymError:
    return OnymError(
        "invalid-distinct-id",
        f"{field} is longer than {DISTINCT_ID_BYTES_MAX} bytes of UTF-8. Ids are never cut: send a shorter one.",
    )


def _require_id_form(value: object, field: str) -> str:
    """The id as text. Raises the OnymError of what is none."""
    text = _id_text(value, field)
    if _SURROGATE.search(text):
        raise OnymError("invalid-distinct-id", f"{field} holds half a surrogate pair. Send whole characters.")
    if "\0" in text:
        raise OnymError("invalid-distinct-id", f"{field} holds a NUL character. Remove it before sending.")
    if len(text.encode("utf-8")) > DISTINCT_ID_BYTES_MAX:
        raise _too_long(field)
    return text


def _optional_id(value: object, field: str) -> Optional[str]:
    return None if _is_absent(value) else _require_id_form(value, field)


def _id_list(values: Iterable[object], field: str) -> List[str]:
    if isinstance(values, str):
        raise OnymError("invalid-payload", f"{field} is one string. Send a list of them.")
    return [_require_id_form(value, field) for value in values]


def _require_a_name(value: object, field: str) -> None:
    if value is None:
        raise OnymError("invalid-payload", f"{field} is missing. Send the identifier.")
    text = _require_id_form(value, field)
    why = _why_reserved(text)
    if why is not None:
        raise OnymError(
            "reserved-distinct-id",
            f"{field} {json.dumps(text[:64], ensure_ascii=False)} is a reserved id: it {why}, so it names nobody, and "
            "linking it would blend people. Send the user's own id, or make no call while there is none.",
        )


# What is sent


def _timestamp_on_wire(value: object, field: str) -> Union[str, int, float]:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise OnymError(
                "invalid-timestamp",
                f"{field} is a datetime without a time zone. Send datetime.now(timezone.utc), or say which zone it is "
                "in with replace(tzinfo=...).",
            )
        try:
            return value.astimezone(timezone.utc).isoformat()
        except (OverflowError, ValueError) as error:
            raise OnymError("invalid-timestamp", f"{field} is not a moment from 1970 to 9999.") from error
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    raise OnymError(
        "invalid-timestamp",
        f"{field} is of type {type(value).__name__}. Send a datetime with a zone, seconds since 1970, or ISO 8601.",
    )


def _as_of_on_wire(value: Optional[Timestamp]) -> Optional[str]:
    if value is None:
        return None
    moment = _timestamp_on_wire(value, "as_of")
    if isinstance(moment, str):
        return moment
    # A query string is text, and a number as text is no moment to the server.
    try:
        return datetime.fromtimestamp(moment if moment < 1e11 else moment / 1000, timezone.utc).isoformat()
    except (OverflowError, ValueError, OSError) as error:
        raise OnymError("invalid-timestamp", "as_of is not a moment from 1970 to 9999.") from error


def _json_value(value: object) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, uuids.UUID):
        return str(value)
    if isinstance(value, Decimal):
        return _number_of(value)
    if isinstance(value, Mapping):
        return dict(value)
    try:
        # The integers of numpy and the like.
        return int(operator.index(value))  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"it holds a value of type {type(value).__name__}") from None


def _number_of(value: Decimal) -> Union[int, float]:
    """The number that the server reads: exact if it is an integer, else a double."""
    nearest = float(value)
    is_integer = math.isfinite(nearest) and value == value.to_integral_value()
    # 5.00 stays a fraction, as 5.25 beside it is one.
    return int(value) if is_integer and (nearest != value or "." not in str(value)) else nearest


def _to_json(value: object) -> bytes:
    # Escaped to ASCII, any str can be sent. NaN and Infinity are no JSON.
    return json.dumps(value, allow_nan=False, separators=(",", ":"), default=_json_value).encode("ascii")


_event_counter = itertools.count()


def _event_uuid() -> uuids.UUID:
    """A UUIDv7 (RFC 9562), so that events of one millisecond keep their order: timelines break ties of time by the uuid."""
    millis = time.time_ns() // 1_000_000
    count = next(_event_counter) & 0xFFF
    # Not the module `random`: a program may have seeded it.
    tail = uuids.uuid4().int & ((1 << 62) - 1)
    return uuids.UUID(int=millis << 80 | 0x7 << 76 | count << 64 | 0b10 << 62 | tail)


_DISTINCT_IDS = ("distinct_id", "anonymous_id", "device_id", "new_user_id", "alias_id")
_OTHER_IDS = ("session_id", "uuid")


def _names_of(route: str, item: Mapping[str, Any]) -> Tuple[str, ...]:
    """The fields that must name somebody. Other ids may be reserved: the server takes such calls and says what it
    made of them."""
    if route == "identify":
        return ("distinct_id",)
    if route == "alias":
        given = [field for field in ("new_user_id", "alias_id") if not _is_absent(item.get(field))]
        # Where neither is, the one that was tried.
        return ("distinct_id", *(given or ["alias_id" if item.get("new_user_id") is None else "new_user_id"]))
    return ()


def _encode(route: str, item: Mapping[str, Any]) -> bytes:
    """The item as JSON. Raises the OnymError of an item that is wrong."""
    for field in _names_of(route, item):
        _require_a_name(item.get(field), field)
    wire = {field: value for field, value in item.items() if field == "event" or not _is_absent(value)}
    for field in _DISTINCT_IDS:
        if field in wire:
            wire[field] = _require_id_form(wire[field], field)
    for field in _OTHER_IDS:
        if field in wire:
            wire[field] = _id_text(wire[field], field)
    wire["timestamp"] = _timestamp_on_wire(item["timestamp"], "timestamp")
    library = {"name": _LIBRARY_NAME, "version": __version__}
    if route == "track":
        properties = wire.get("properties", {})
        if not isinstance(properties, Mapping):
            raise OnymError("invalid-payload", f"properties is of type {type(properties).__name__}. Send a dict.")
        wire["properties"] = {"$lib": library["name"], "$lib_version": library["version"], **properties}
    else:
        wire["context"] = {"library": library}
    try:
        return _to_json(wire)
    except (TypeError, ValueError, RecursionError) as error:
        raise OnymError(
            "invalid-payload",
            f"The {route} call cannot be written as JSON: {error}. Send strings, finite numbers, booleans, None, "
            "lists, dicts, dates, UUIDs and Decimals.",
        ) from error


# HTTP


class _Reply(NamedTuple):
    status: int
    body: Dict[str, Any]
    """The JSON object, or an empty one where it is none."""
    retry_after_s: Optional[float]


def _retry_after_of(value: Optional[str]) -> Optional[float]:
    if value is None:
        return None
    try:
        return max(0.0, float(int(value)))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _object_of(data: bytes) -> Dict[str, Any]:
    try:
        value: Any = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_retryable(status: int) -> bool:
    return status in (408, 429) or status >= 500


def _error_of(reply: _Reply) -> ApiError:
    code = reply.body.get("error_code")
    message = reply.body.get("message")
    return ApiError(
        reply.status,
        code if isinstance(code, str) else f"http-{reply.status}",
        message
        if isinstance(message, str)
        else f"The answer was {reply.status} and not Onym's. Check that base_url is the address of an Onym server.",
        reply.retry_after_s,
    )


def _value_of(reply: _Reply, key: str) -> Dict[str, Any]:
    """The body of an answer that holds `key`. Raises the ApiError of any other."""
    if reply.status == 200 and key in reply.body:
        return reply.body
    raise _error_of(reply)


_BASE_URL_HINT = "Give one such as http://127.0.0.1:7700."


def _invalid_option(message: str) -> NoReturn:
    raise OnymError("invalid-options", message)


def _require_number(name: str, value: float, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        _invalid_option(f"{name} is {value!r}. Give a number from {least} to {most}.")


def _after_fork_in_child() -> None:
    for owner in list(_owners):
        owner._after_fork()


# Locks, sockets and threads that a fork must not leave as they are (web servers fork their workers).
_owners: "weakref.WeakSet[Any]" = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


class _Transport:
    """Requests with kept connections and retries; may be used from many threads."""

    def __init__(
        self,
        api_key: str,
        base_url: str,
        request_timeout_s: float,
        retries_max: int,
        sleep: Callable[[float], Optional[bool]],
    ) -> None:
        """`sleep` waits for some seconds; True from it ends the retries."""
        # Without this http.client would refuse the header with a message that shows the key.
        if not isinstance(api_key, str) or not re.fullmatch("[!-~]+", api_key):
            _invalid_option("api_key is empty or holds a space, a line end or the like. Give the key as printed.")
        _require_number("request_timeout_s", request_timeout_s, 0.001, DURATION_MAX_S)
        _require_number("retries_max", retries_max, 0, RETRIES_MAX_MAX)
        try:
            # "127.0.0.1:7700" and "localhost:7700" are http.
            if re.match(r"[\w.-]+:\d", base_url):
                base_url = f"http://{base_url}"
            parts = urllib.parse.urlsplit(base_url)
            self._host, self._port = parts.hostname, parts.port
        except (ValueError, AttributeError, TypeError) as error:
            raise OnymError("invalid-options", f"base_url is not a URL. {_BASE_URL_HINT}") from error
        if parts.scheme not in ("http", "https") or not self._host or parts.username or parts.query or parts.fragment:
            _invalid_option(f"base_url is not the plain address of a server. {_BASE_URL_HINT}")
        self._is_https = parts.scheme == "https"
        self._prefix = parts.path.rstrip("/")
        self._base_url = base_url
        self._timeout_s = request_timeout_s
        self._retries_max = retries_max
        self._sleep = sleep
        self._headers = {
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
            "User-Agent": f"{_LIBRARY_NAME}/{__version__}",
        }
        self._lock = threading.Lock()
        self._idle: List[Tuple[http.client.HTTPConnection, float]] = []
        _owners.add(self)

    def _after_fork(self) -> None:
        # Another thread may have held the lock. The sockets are the parent's: closing this process's copies leaves
        # them open there.
        self._lock = threading.Lock()
        self.close()

    def close(self) -> None:
        """Closes the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.close()

    def send(
        self, method: str, path: str, body: Optional[bytes] = None, timeout_s: Optional[float] = None
    ) -> _Reply:
        """The reply, whatever its status, once no retry may improve it. Raises a NetworkError where none came."""
        timeout_s = self._timeout_s if timeout_s is None else timeout_s
        failures = 0
        while True:
            try:
                reply = self._send_once(method, path, body, timeout_s)
            except NetworkError:
                if failures >= self._retries_max or self._pause(failures, 0.0):
                    raise
            else:
                asked_s = reply.retry_after_s or 0.0
                if not _is_retryable(reply.status) or failures >= self._retries_max or asked_s > RETRY_AFTER_MAX_S:
                    return reply
                if self._pause(failures, asked_s):
                    return reply
            failures += 1

    def _pause(self, failures: int, asked_s: float) -> bool:
        # Spread by half, so that clients of a server that was away do not all come back together.
        backoff_s = min(BACKOFF_MAX_S, BACKOFF_START_S * 2.0 ** min(failures, 30)) * random.uniform(0.5, 1.0)
        return bool(self._sleep(max(asked_s, backoff_s)))

    def _send_once(self, method: str, path: str, body: Optional[bytes], timeout_s: float) -> _Reply:
        try:
            connection = self._kept(timeout_s)
            if connection is not None:
                try:
                    return self._exchange(connection, method, path, body)
                except ConnectionError:
                    # The server closed it while it was idle, and probably the others too. This is no failure of the
                    # request yet.
                    self.close()
            return self._exchange(self._fresh(timeout_s), method, path, body)
        except (socket.timeout, TimeoutError) as error:
            raise NetworkError("timeout", f"{self._base_url} did not answer within {timeout_s} s.") from error
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise NetworkError(
                "network-error",
                f"{self._base_url} cannot be reached ({str(error) or type(error).__name__}). Check base_url, and that "
                "Onym runs there.",
            ) from error

    def _fresh(self, timeout_s: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._is_https else http.client.HTTPConnection
        return kind(self._host or "", self._port, timeout=timeout_s)

    def _kept(self, timeout_s: float) -> Optional[http.client.HTTPConnection]:
        with self._lock:
            while self._idle:
                connection, since = self._idle.pop()
                if time.monotonic() - since < CONNECTION_IDLE_S and connection.sock is not None:
                    connection.timeout = timeout_s
                    connection.sock.settimeout(timeout_s)
                    return connection
                connection.close()
        return None

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Optional[bytes]
    ) -> _Reply:
        is_reusable = False
        try:
            try:
                connection.request(method, self._prefix + path, body=body, headers=self._headers)
            except BrokenPipeError:
                # A server that turns a body down answers without reading all of it. Without an answer, the next line
                # fails.
                pass
            response = connection.getresponse()
            data = response.read()
            is_reusable = not response.will_close
        finally:
            if is_reusable:
                self._keep(connection)
            else:
                connection.close()
        return _Reply(response.status, _object_of(data), _retry_after_of(response.getheader("Retry-After")))

    def _keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if len(self._idle) < CONNECTIONS_IDLE_MAX:
                self._idle.append((connection, time.monotonic()))
                return
        connection.close()


def _query_string(parameters: Mapping[str, Optional[object]]) -> str:
    given = {name: value for name, value in parameters.items() if value is not None}
    return "?" + urllib.parse.urlencode(given, quote_via=urllib.parse.quote) if given else ""


# The calls of applications

_Result = TypeVar("_Result")


class _Calls(Generic[_Result]):
    """track, identify and alias, which Onym answers with an Answer and BatchingOnym with a Future of one."""

    _environment: str

    def track(
        self,
        event: str,
        distinct_id: Optional[Id] = None,
        properties: Optional[Mapping[str, Any]] = None,
        *,
        anonymous_id: Optional[Id] = None,
        device_id: Optional[Id] = None,
        session_id: Optional[Id] = None,
        timestamp: Optional[Timestamp] = None,
        uuid: Optional[Id] = None,
        environment: Optional[str] = None,
        batch: Optional[str] = None,
        sync: bool = False,
    ) -> _Result:
        """Records that something happened, to the first of distinct_id, anonymous_id and device_id that is given; one
        must be.

        An integer as an id is its digits, a UUID its text; an empty id is none, here and in the other calls.

        distinct_id and anonymous_id together are evidence that both are one person; the answer's `link` says what
        became of it. Reserved ids are accepted here and never linked.

        properties: anything about the event, at most 256 KiB as JSON. timestamp: when it happened; default now.
        uuid: names the event, which counts once however often it is sent; default a new one.
        batch: names a batch of calls that can be reverted as one. sync: answer only once every query sees the call.
        """
        return self._send(
            "track",
            {
                "event": event,
                "distinct_id": distinct_id,
                "anonymous_id": anonymous_id,
                "device_id": device_id,
                "session_id": session_id,
                "properties": properties,
                "uuid": str(_event_uuid()) if _is_absent(uuid) else uuid,
                **self._common(timestamp, environment, batch),
            },
            sync=sync,
        )

    def identify(
        self,
        distinct_id: Id,
        traits: Optional[Mapping[str, Any]] = None,
        *,
        traits_once: Optional[Mapping[str, Any]] = None,
        anonymous_id: Optional[Id] = None,
        timestamp: Optional[Timestamp] = None,
        environment: Optional[str] = None,
        batch: Optional[str] = None,
        sync: bool = False,
        dry_run: bool = False,
    ) -> _Result:
        """Says who a user is: distinct_id is known from now on, has these traits, and was anonymous_id before.

        The verdict is that of the link to anonymous_id, where one is given; traits are set whatever it is. A reserved
        anonymous_id is refused by the server; a reserved distinct_id raises `reserved-distinct-id`.

        traits: set; the newest value wins, and None removes. traits_once: set where the person has no value; the
        earliest wins, and None is nothing.
        dry_run: judge and preview (`blast_radius`), write nothing. Secret keys only.
        timestamp, batch, sync: as for track.
        """
        return self._send(
            "identify",
            {
                "distinct_id": distinct_id,
                "anonymous_id": anonymous_id,
                "traits": traits,
                "traits_once": traits_once,
                **self._common(timestamp, environment, batch),
            },
            sync=sync,
            dry_run=dry_run,
        )

    def alias(
        self,
        distinct_id: Id,
        new_user_id: Optional[Id] = None,
        *,
        alias_id: Optional[Id] = None,
        timestamp: Optional[Timestamp] = None,
        environment: Optional[str] = None,
        batch: Optional[str] = None,
        sync: bool = False,
        dry_run: bool = False,
    ) -> _Result:
        """Says that two ids are one person: new_user_id (alias_id is another name of it) joins distinct_id, whose
        name stays.

        A reserved id on either side raises `reserved-distinct-id`. dry_run: as for identify. timestamp, batch, sync:
        as for track.
        """
        return self._send(
            "alias",
            {
                "distinct_id": distinct_id,
                "new_user_id": new_user_id,
                "alias_id": alias_id,
                **self._common(timestamp, environment, batch),
            },
            sync=sync,
            dry_run=dry_run,
        )

    def _common(
        self, timestamp: Optional[Timestamp], environment: Optional[str], batch: Optional[str]
    ) -> Dict[str, Any]:
        return {
            # Made here and not by the server, so that a retry is the same call.
            "timestamp": datetime.now(timezone.utc) if _is_absent(timestamp) else timestamp,
            "environment": self._environment if _is_absent(environment) else environment,
            "batch": batch,
        }

    def _send(self, route: str, item: Dict[str, Any], *, sync: bool = False, dry_run: bool = False) -> _Result:
        raise NotImplementedError


def _flags(sync: bool, dry_run: bool) -> str:
    return _query_string({"sync": "true" if sync else None, "dry_run": "true" if dry_run else None})


class Onym(_Calls[Answer]):
    """Sends each call at once and returns the server's answer. May be used from many threads; close() or `with` frees
    its connections.

    Raises an ApiError for the server's no, a NetworkError where no answer comes, and another OnymError, before
    anything is sent, for a call that is wrong in itself. Where no answer comes, or one that may be better later (408,
    429, 5xx), the call is sent again, after waits that double and are never shorter than the server asks for; a call
    is recorded once however often it is sent.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str = "http://127.0.0.1:7700",
        environment: str = "production",
        *,
        request_timeout_s: float = REQUEST_TIMEOUT_S,
        retries_max: int = RETRIES_MAX,
    ) -> None:
        """api_key: pk_... for track, identify and alias; sk_... for everything. environment: of calls that name none.

        request_timeout_s: how long one attempt may wait for the server at a time. retries_max: attempts after the
        first; at the defaults a call gives up after about 40 s where the server is silent, and after about 2 s where
        it is not there.
        """
        self._environment = environment
        self._transport = _Transport(
            api_key, base_url, request_timeout_s, retries_max, lambda delay_s: time.sleep(delay_s)
        )

    def __enter__(self) -> "Onym":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes idle connections. A later call opens new ones."""
        self._transport.close()

    def _send(self, route: str, item: Dict[str, Any], *, sync: bool = False, dry_run: bool = False) -> Answer:
        reply = self._transport.send("POST", f"/{route}{_flags(sync, dry_run)}", _encode(route, item))
        return Answer(**_answer_fields(_value_of(reply, "verdict")))

    # Reading and steering, for secret keys with the scopes read, steer and query

    def resolve(
        self,
        ids: Iterable[Id],
        *,
        as_of: Optional[Timestamp] = None,
        as_of_seq: Optional[int] = None,
        environment: Optional[str] = None,
    ) -> Dict[str, Resolved]:
        """Who each id is, by its text; one that was never linked answers with itself. Any number of ids, 10,000 a
        request.

        as_of: as of a *received* time. as_of_seq: as of a ledger row.
        """
        listed = _id_list(ids, "ids")
        resolved: Dict[str, Resolved] = {}
        for start in range(0, len(listed), RESOLVE_IDS_MAX):
            chunk = listed[start : start + RESOLVE_IDS_MAX]
            body = {"distinct_ids": chunk, "as_of": _as_of_on_wire(as_of), "as_of_seq": as_of_seq}
            resolved.update(self._post("/v1/resolve", body, environment, "identities")["identities"])
        return resolved

    def identity(
        self,
        id: Id,
        *,
        by: Optional[Literal["distinct_id", "identity_id"]] = None,
        as_of: Optional[Timestamp] = None,
        as_of_seq: Optional[int] = None,
        limit: Optional[int] = None,
        next: Optional[str] = None,
        environment: Optional[str] = None,
    ) -> Optional[Dict[str, Any]]:
        """The profile of the person an id belongs to (docs/http.md shows its fields), or None where there is none.

        by: how to read the id; without it, a UUID is read first as an identity_id, then as a distinct_id.
        limit: identifiers and links of one page, 1 to 1,000, default 100. next: that of the page before.
        """
        parameters = {"by": by, "as_of": _as_of_on_wire(as_of), "as_of_seq": as_of_seq, "limit": limit, "next": next}
        path = f"/v1/identities/{urllib.parse.quote(_require_id_form(id, 'id'), safe='')}"
        reply = self._get(path, parameters, environment)
        if reply.status == 404 and _error_of(reply).code == "not-found":
            return None
        return _value_of(reply, "identity_id")

    def explain(self, a: Id, b: Id, *, environment: Optional[str] = None) -> Dict[str, Any]:
        """Why two ids are one person, or not: `same`, the chain of links `path`, and `refused`, `held`,
        `separations`, `neighbour`."""
        ids = {"a": _require_id_form(a, "a"), "b": _require_id_form(b, "b")}
        return _value_of(self._get("/v1/explain", ids, environment), "same")

    def split(
        self,
        link: Optional[int] = None,
        *,
        distinct_id: Optional[Id] = None,
        from_: Optional[Id] = None,
        distinct_ids: Optional[Iterable[Id]] = None,
        dry_run: bool = False,
        sync: bool = False,
        environment: Optional[str] = None,
    ) -> SplitAnswer:
        """Takes a merge back: the link of this seq; whatever connects distinct_id with from_; or all that connects
        distinct_ids with the rest of their identity.

        Leaves separations, so that the same evidence, sent again, is refused. Raises ApiError `not-found` where there
        is no such link. Repeated after an answer that was lost, it says `unchanged`.
        """
        body = {
            "link": link,
            "distinct_id": _optional_id(distinct_id, "distinct_id"),
            "from": _optional_id(from_, "from_"),
            "distinct_ids": None if distinct_ids is None else _id_list(distinct_ids, "distinct_ids"),
        }
        answer = self._post(f"/v1/split{_flags(sync, dry_run)}", body, environment, "verdict")
        return SplitAnswer(
            **_answer_fields(answer),
            revoked=tuple(answer["revoked"]),
            separations=tuple(answer.get("separations", ())),
            still_connected=answer["still_connected"],
            path=tuple(answer.get("path", ())),
        )

    def query(
        self,
        sql: str,
        params: Optional[Mapping[str, object]] = None,
        *,
        timeout_s: float = QUERY_TIMEOUT_S,
        environment: Optional[str] = None,
    ) -> List[Dict[str, Any]]:
        """The rows of one read-only SELECT (docs/sql.md), a dict each. It sees everything that was answered
        before.

        params: values for what the statement names with a type, {"id": "user_1"} for {id:String}. Whatever they hold,
        they are values: what varies belongs here and not into the text. Strings, numbers, booleans, None (Nullable),
        dates and datetimes (UTC unless they say), UUIDs, and lists of these (Array)."""
        body = {"sql": sql, "params": None if params is None else dict(params)}
        try:
            _to_json(body)
        except (TypeError, ValueError, RecursionError) as error:
            raise OnymError("invalid-payload", f"The params cannot be written as JSON: {error}.") from error
        rows: List[Dict[str, Any]] = self._post("/v1/query", body, environment, "data", timeout_s)["data"]
        return rows

    def _post(
        self,
        path: str,
        body: Mapping[str, Any],
        environment: Optional[str],
        key: str,
        timeout_s: Optional[float] = None,
    ) -> Dict[str, Any]:
        sent = {**body, "environment": self._environment if _is_absent(environment) else environment}
        given = {field: value for field, value in sent.items() if value is not None}
        return _value_of(self._transport.send("POST", path, _to_json(given), timeout_s), key)

    def _get(self, path: str, parameters: Mapping[str, Optional[object]], environment: Optional[str]) -> _Reply:
        named = {**parameters, "environment": self._environment if _is_absent(environment) else environment}
        return self._transport.send("GET", path + _query_string(named))


# Batching


@dataclass(frozen=True)
class Call:
    """A call that failed: `route` is track, identify or alias, `item` what was to be sent, in the server's words."""

    route: str
    item: Dict[str, Any]


_Outcome = Union[Answer, OnymError]


class _Queued(NamedTuple):
    route: str
    path: str
    body: bytes
    is_dry_run: bool
    future: "Future[Answer]"
    since_s: float


def _log_failure(error: OnymError, call: Call) -> None:
    _logger.warning("%s failed: %s (%s)", call.route, error, error.code)


class BatchingOnym(_Calls["Future[Answer]"]):
    """Queues calls and sends them in arrays from a thread of its own, in order. Each call returns a Future of its
    Answer, at once.

    Calls of the same route that follow one another travel as one array; the next array is sent once the one before
    was answered. An item that the server rejects costs its neighbours nothing.

    No call raises: what Onym would raise is the Future's exception, and is told to `on_error`. So an application need
    not look at the Futures. Without on_error, failures are logged as warnings by the logger `onym`.

    `with` and shutdown() send what is queued; the end of the process does too, for up to 10 s. After a fork the child
    starts with an empty queue and a thread of its own; what was queued before the fork is sent by the parent, which
    keeps the Futures. Processes that end by os._exit, such as those of multiprocessing, must call shutdown()
    themselves.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str = "http://127.0.0.1:7700",
        environment: str = "production",
        *,
        request_timeout_s: float = REQUEST_TIMEOUT_S,
        retries_max: int = BATCHING_RETRIES_MAX,
        flush_interval_s: float = FLUSH_INTERVAL_S,
        batch_size_max: int = BATCH_SIZE_MAX,
        queue_size_max: int = QUEUE_SIZE_MAX,
        on_error: Optional[Callable[[OnymError, Call], None]] = None,
    ) -> None:
        """api_key, base_url, environment, request_timeout_s, retries_max: as for Onym.

        flush_interval_s: how long a call waits for others before it is sent. batch_size_max: calls in one array, 1 to
        1,000; a full one is sent at once. queue_size_max: calls that wait, 64 MiB of them at most; beyond, calls fail
        with `queue-full`.
        on_error: called with the error and the call, from the thread of the call or the sender's; it must not block.
        """
        _require_number("flush_interval_s", flush_interval_s, 0, DURATION_MAX_S)
        _require_number("batch_size_max", batch_size_max, 1, ITEMS_PER_REQUEST_MAX)
        _require_number("queue_size_max", queue_size_max, 1, QUEUE_SIZE_MAX_MAX)
        self._environment = environment
        self._transport = _Transport(
            api_key, base_url, request_timeout_s, retries_max, lambda delay_s: self._abandoned.wait(delay_s)
        )
        self._flush_interval_s = flush_interval_s
        self._batch_size_max = batch_size_max
        self._queue_size_max = queue_size_max
        self._on_error = _log_failure if on_error is None else on_error
        self._is_closing = False
        self._start_empty()
        _owners.add(self)
        atexit.register(self.shutdown)

    def _start_empty(self) -> None:
        self._changed = threading.Condition()
        self._abandoned = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._queue: Deque[_Queued] = deque()
        self._queue_bytes = 0
        # How many calls were ever taken, are settled (answered or failed), and are not to wait for the interval.
        self._taken = 0
        self._settled = 0
        self._flush_to = 0

    def _after_fork(self) -> None:
        self._start_empty()

    def __enter__(self) -> "BatchingOnym":
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()

    def flush(self, timeout_s: Optional[float] = FLUSH_TIMEOUT_S) -> bool:
        """Sends at once what is queued, and waits until each of these calls is answered or has failed.

        False when that takes longer than timeout_s (None: however long it takes), or when called by the sender
        itself.
        """
        if threading.current_thread() is self._thread:
            return False
        with self._changed:
            target = self._taken
            self._flush_to = max(self._flush_to, target)
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._settled >= target, timeout_s)

    def shutdown(self, timeout_s: Optional[float] = SHUTDOWN_TIMEOUT_S) -> bool:
        """Takes no more calls and sends what is queued. True when all of it was answered or has failed within
        timeout_s.

        What was not sent by then fails with `shut-down`; an attempt that is under way is the last. May be called more
        than once.
        """
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        is_drained = self.flush(timeout_s)
        with self._changed:
            left = list(self._queue)
            self._queue.clear()
            self._queue_bytes = 0
        self._abandoned.set()
        unsent = OnymError("shut-down", "The client was shut down before this call could be sent.")
        self._settle(left, lambda calls: [unsent for _ in calls])
        self._join()
        self._transport.close()
        atexit.unregister(self.shutdown)
        return is_drained

    def _join(self) -> None:
        sender = self._thread
        if sender is None or sender is threading.current_thread():
            return
        # No attempt follows, and most end within this. Once the process is gone, nobody can tell what became of them.
        sender.join(LAST_ATTEMPT_MAX_S)
        if sender.is_alive():
            _logger.warning("Calls are still under way after shutdown. Whether they were recorded is not known yet.")

    def _send(
        self, route: str, item: Dict[str, Any], *, sync: bool = False, dry_run: bool = False
    ) -> "Future[Answer]":
        future: "Future[Answer]" = Future()
        try:
            body = _encode(route, item)
            self._put(_Queued(route, f"/{route}{_flags(sync, dry_run)}", body, dry_run, future, time.monotonic()))
        except OnymError as error:
            self._fail(future, error, Call(route, item))
        return future

    def _put(self, call: _Queued) -> None:
        with self._changed:
            if self._is_closing:
                raise OnymError("shut-down", "The client was shut down and takes no more calls. Make a new one.")
            if len(self._queue) >= self._queue_size_max or self._queue_bytes + len(call.body) > QUEUE_BYTES_MAX:
                raise OnymError(
                    "queue-full",
                    f"{len(self._queue)} calls wait to be sent, and no more may. Is the server reachable? If so, "
                    "raise queue_size_max.",
                )
            if self._thread is None:
                # Not before the first call: most programs that fork have made none by then.
                self._thread = self._start_sender()
            self._queue.append(call)
            self._queue_bytes += len(call.body)
            self._taken += 1
            self._changed.notify_all()

    def _start_sender(self) -> threading.Thread:
        sender = threading.Thread(target=self._run, name="onym-sender", daemon=True)
        try:
            sender.start()
        except RuntimeError as error:
            raise OnymError("shut-down", f"The sender's thread cannot be started: {error}.") from error
        return sender

    # What the sender's thread does

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._is_due():
                    if self._is_closing and not self._queue:
                        return
                    self._changed.wait(self._until_due_s())
                calls = self._next_array()
            self._settle(calls, self._deliver)

    def _is_due(self) -> bool:
        return bool(self._queue) and (
            self._is_closing
            or self._settled < self._flush_to
            or len(self._queue) >= self._batch_size_max
            or self._until_due_s() == 0
        )

    def _until_due_s(self) -> Optional[float]:
        if not self._queue:
            return None
        return max(0.0, self._queue[0].since_s + self._flush_interval_s - time.monotonic())

    def _next_array(self) -> List[_Queued]:
        """The longest run of calls from the front that one request may carry."""
        calls: List[_Queued] = []
        size = 0
        while self._queue and len(calls) < self._batch_size_max:
            call = self._queue[0]
            # In an array a dry run is judged on top of those before it; alone it says what it would do by itself.
            if calls and (call.path != calls[0].path or call.is_dry_run or size + len(call.body) > BATCH_BYTES_MAX):
                break
            self._queue.popleft()
            self._queue_bytes -= len(call.body)
            size += len(call.body)
            calls.append(call)
        return calls

    def _deliver(self, calls: List[_Queued]) -> List[_Outcome]:
        """What became of each call."""
        try:
            reply = self._transport.send("POST", calls[0].path, b"[" + b",".join(call.body for call in calls) + b"]")
            return _outcomes_of(reply, len(calls))
        except OnymError as error:
            return [error] * len(calls)
        except Exception as error:  # The thread must live, and each call must end, whatever happens.
            failure = OnymError("internal-error", f"The sender failed: {error!r}. This is a fault of the client.")
            failure.__cause__ = error
            return [failure] * len(calls)

    def _settle(self, calls: List[_Queued], outcomes_of: Callable[[List[_Queued]], List[_Outcome]]) -> None:
        """Ends each call with its outcome, but those that were cancelled, which are not sent."""
        wanted = [call for call in calls if call.future.set_running_or_notify_cancel()]
        outcomes = outcomes_of(wanted) if wanted else []
        for call, outcome in zip(wanted, outcomes):
            if isinstance(outcome, Answer):
                call.future.set_result(outcome)
            else:
                self._fail(call.future, outcome, Call(call.route, json.loads(call.body)))
        with self._changed:
            self._settled += len(calls)
            self._changed.notify_all()

    def _fail(self, future: "Future[Answer]", error: OnymError, call: Call) -> None:
        future.set_exception(error)
        try:
            self._on_error(error, call)
        except Exception:
            _logger.exception("on_error failed")


def _outcomes_of(reply: _Reply, count: int) -> List[_Outcome]:
    """An Answer or ApiError for each of `count` items. Raises the ApiError of an array turned down as a whole."""
    results: List[Optional[Dict[str, Any]]] = reply.body.get("results", [])
    if reply.status not in (200, 422) or len(results) != count:
        raise _error_of(reply)
    outcomes: List[_Outcome] = [
        _error_of(reply) if result is None else Answer(**_answer_fields(result)) for result in results
    ]
    for rejection in reply.body.get("rejected", []):
        outcomes[rejection["index"]] = ApiError(422, rejection["error_code"], rejection["message"])
    return outcomes
