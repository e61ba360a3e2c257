"""Retries, timeouts and connections, against a stub that misbehaves."""

import email.utils
import http.client
import pickle
import socket
import ssl
import time
import unittest
import urllib.parse
import uuid
from typing import Any, List, Set

import onym
from tests.server import Server, ServerTestCase
from tests.stub import ANSWER_AND_CLOSE, CLOSE, HANG, Reply, Request, Stub, error, header, stub_for

ANSWER_MAX_S = 30.0

# Long enough for any answer that comes, short enough to wait for one that does not.
SILENCE_S = 2.0


class TransportTestCase(unittest.TestCase):
    def client_of(self, stub: Stub, **options: Any) -> onym.Onym:
        """A client that does not really wait between attempts; `self.delays` are the waits it wanted, in seconds."""
        client = onym.Onym("sk_x", stub.url, **options)
        self.addCleanup(client.close)
        self.delays: List[float] = []
        client._transport._sleep = self.delays.append
        return client


class Retries(TransportTestCase):
    def test_a_call_is_sent_again_while_the_server_is_unwell(self) -> None:
        for step in (
            error(500, "internal-error"),
            error(503, "overloaded", Retry_After="1"),
            error(429, "too-many-requests", Retry_After="1"),
            Reply(408, b""),
            Reply(502, b"<html>Bad gateway</html>"),
            CLOSE,
        ):
            with self.subTest(step=step):
                stub = stub_for(self, step, step)
                answer = self.client_of(stub).track("seen", "user_1")
                self.assertEqual(answer.verdict, "applied")
                self.assertEqual(len(stub.requests), 3)
                self.assertEqual(len(self.delays), 2)

    def test_each_attempt_is_the_same_call(self) -> None:
        stub = stub_for(self, error(503, "overloaded"), CLOSE)
        client = self.client_of(stub)
        for call in (
            lambda: client.track("seen", "user_1"),
            lambda: client.identify("user_1"),
            lambda: client.alias("user_1", "crm:1"),
        ):
            stub.requests.clear()
            stub.script[:] = [error(503, "overloaded"), CLOSE]
            call()
            self.assertEqual(len({request.body for request in stub.requests}), 1)
            self.assertEqual(len(stub.requests), 3)
            self.assertIn("timestamp", stub.requests[0].json)

    def test_each_event_has_a_name_of_its_own(self) -> None:
        stub = stub_for(self)
        client = self.client_of(stub)
        for _ in range(2):
            client.track("seen", "user_1")
        self.assertEqual(len({uuid.UUID(request.json["uuid"]) for request in stub.requests}), 2)

    def test_no_other_answer_is_asked_for_twice(self) -> None:
        for status, code in [
            (400, "invalid-payload"),
            (401, "invalid-api-key"),
            (403, "forbidden"),
            (404, "not-found"),
            (413, "payload-too-large"),
            (422, "environment-not-found"),
        ]:
            stub = stub_for(self, error(status, code))
            with self.assertRaises(onym.ApiError) as caught:
                self.client_of(stub).track("seen", "user_1")
            self.assertEqual((caught.exception.status, caught.exception.code), (status, code))
            self.assertEqual(str(caught.exception), f"{code}, says the stub.")
            self.assertEqual(len(stub.requests), 1)

    def test_retries_end(self) -> None:
        stub = stub_for(self, *[error(503, "overloaded", Retry_After="2")] * 10)
        with self.assertRaises(onym.ApiError) as caught:
            self.client_of(stub, retries_max=2).track("seen", "user_1")
        self.assertEqual((caught.exception.status, caught.exception.code), (503, "overloaded"))
        self.assertEqual(caught.exception.retry_after_s, 2)
        self.assertEqual(len(stub.requests), 3)

    def test_without_retries_a_call_is_sent_once(self) -> None:
        stub = stub_for(self, error(503, "overloaded"))
        with self.assertRaises(onym.ApiError):
            self.client_of(stub, retries_max=0).track("seen", "user_1")
        self.assertEqual((len(stub.requests), self.delays), (1, []))

    def test_waits_double_are_spread_and_end_at_a_limit(self) -> None:
        stub = stub_for(self, *[error(500, "internal-error")] * 20)
        with self.assertRaises(onym.ApiError):
            self.client_of(stub, retries_max=12).track("seen", "user_1")
        for number, delay in enumerate(self.delays):
            longest = min(onym.BACKOFF_MAX_S, onym.BACKOFF_START_S * 2**number)
            self.assertTrue(longest / 2 <= delay <= longest, (number, delay))
        self.assertEqual(len(self.delays), 12)

    def test_the_wait_is_never_shorter_than_the_server_asks(self) -> None:
        moment = email.utils.formatdate(time.time() + 25, usegmt=True)
        stub = stub_for(self, error(503, "overloaded", Retry_After="7"), error(503, "overloaded", Retry_After=moment))
        self.client_of(stub).track("seen", "user_1")
        self.assertEqual(self.delays[0], 7)
        # A date has whole seconds, and the clock goes on.
        self.assertTrue(10 < self.delays[1] <= 25, self.delays)

    def test_a_server_that_asks_for_too_long_is_not_waited_for(self) -> None:
        stub = stub_for(self, error(503, "storage-full", Retry_After="3600"))
        with self.assertRaises(onym.ApiError) as caught:
            self.client_of(stub).track("seen", "user_1")
        self.assertEqual((caught.exception.retry_after_s, self.delays), (3600, []))

    def test_a_retry_after_that_is_nonsense_is_ignored(self) -> None:
        stub = stub_for(self, *[error(503, "overloaded", Retry_After=text) for text in ("soon", "-5", "1.5")])
        self.client_of(stub).track("seen", "user_1")
        self.assertEqual(len(self.delays), 3)
        self.assertLessEqual(max(self.delays), onym.BACKOFF_MAX_S)


class LosingStub(Stub):
    """Between a client and the real server: hands on what comes, and loses the first answer to each request."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.known: Set[bytes] = set()

    def taken(self, request: Request) -> object:
        super().taken(request)
        parts = urllib.parse.urlsplit(self.server.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_MAX_S)
        connection.request(request.method, request.path, request.body, dict(request.headers))
        response = connection.getresponse()
        reply = Reply(response.status, response.read())
        connection.close()
        if request.body in self.known:
            return reply
        self.known.add(request.body)
        return CLOSE


class LostAnswers(ServerTestCase):
    def test_a_call_whose_answer_was_lost_is_recorded_once(self) -> None:
        stub = LosingStub(self.server)
        self.addCleanup(stub.close)
        user, visitor, other = self.named("user"), self.named("anonymous"), self.named("crm:1")
        with onym.Onym(self.server.secret_key, stub.url) as client:
            told = [
                client.identify(user, {"plan": "pro"}, anonymous_id=visitor),
                client.alias(user, other),
                client.track("login", user),
            ]
        with onym.BatchingOnym(self.server.secret_key, stub.url) as queue:
            futures = [queue.track("seen", user), queue.track("seen", user), queue.identify(user, {"plan": "team"})]
        self.assertEqual(len(stub.requests), 10)
        self.assertEqual([answer.verdict for answer in told], ["unchanged"] * 3)
        self.assertEqual([future.result(0).verdict for future in futures], ["unchanged"] * 3)
        profile = self.client.identity(user)
        assert profile is not None
        self.assertEqual((profile["event_count"], len(profile["links"]), profile["traits"]), (3, 2, {"plan": "team"}))


class NoAnswer(TransportTestCase):
    def test_a_silent_server_is_a_timeout(self) -> None:
        stub = stub_for(self, *[HANG] * 10)
        with self.assertRaises(onym.NetworkError) as caught:
            self.client_of(stub, retries_max=1, request_timeout_s=SILENCE_S).track("seen", "user_1")
        self.assertEqual(caught.exception.code, "timeout")
        self.assertIsInstance(caught.exception.__cause__, (socket.timeout, TimeoutError))
        self.assertEqual(len(stub.requests), 2)

    def test_a_call_that_timed_out_is_sent_again(self) -> None:
        stub = stub_for(self, HANG)
        answer = self.client_of(stub, request_timeout_s=SILENCE_S).track("seen", "user_1")
        self.assertEqual((answer.verdict, len(stub.requests)), ("applied", 2))

    def test_a_server_that_is_not_there_is_a_network_error(self) -> None:
        stub = Stub()
        client = self.client_of(stub, retries_max=2)
        stub.close()
        with self.assertRaises(onym.NetworkError) as caught:
            client.track("seen", "user_1")
        self.assertEqual(caught.exception.code, "network-error")
        self.assertIsInstance(caught.exception.__cause__, ConnectionRefusedError)
        self.assertIn(stub.url, str(caught.exception))
        self.assertEqual(len(self.delays), 2)

    def test_a_server_that_speaks_no_tls_is_a_network_error(self) -> None:
        stub = stub_for(self)
        client = onym.Onym("sk_x", stub.url.replace("http:", "https:"), retries_max=0)
        with self.assertRaises(onym.NetworkError) as caught:
            client.track("seen", "user_1")
        self.assertIsInstance(caught.exception.__cause__, ssl.SSLError)
        self.assertEqual(stub.requests, [])

    def test_an_answer_that_is_cut_short_is_a_network_error(self) -> None:
        # What follows is no chunk.
        stub = stub_for(self, Reply(200, b'{"ok":', (("Transfer-Encoding", "chunked"),)))
        with self.assertRaises(onym.NetworkError) as caught:
            self.client_of(stub, retries_max=0, request_timeout_s=SILENCE_S).track("seen", "user_1")
        self.assertIsInstance(caught.exception.__cause__, (OSError, http.client.HTTPException))

    def test_errors_travel_between_processes(self) -> None:
        for one in (
            onym.OnymError("queue-full", "text"),
            onym.ApiError(503, "overloaded", "text", 2.0),
            onym.NetworkError("timeout", "text"),
        ):
            other = pickle.loads(pickle.dumps(one))
            self.assertIs(type(other), type(one))
            self.assertEqual((str(other), vars(other)), (str(one), vars(one)))


class Answers(TransportTestCase):
    def test_an_answer_that_is_not_onyms_is_an_api_error(self) -> None:
        for reply, status in [
            (Reply(200, b"<html>Log in</html>"), 200),
            (Reply(200, ["verdict"]), 200),
            (Reply(200, {"ok": True}), 200),
            (Reply(301, b"", (("Location", "https://127.0.0.1/track"),)), 301),
            (Reply(404, b"Not found"), 404),
        ]:
            stub = stub_for(self, reply)
            with self.assertRaises(onym.ApiError) as caught:
                self.client_of(stub).track("seen", "user_1")
            self.assertEqual((caught.exception.status, caught.exception.code), (status, f"http-{status}"))
            self.assertIn("base_url", str(caught.exception))

    def test_an_identity_is_none_only_where_onym_says_so(self) -> None:
        stub = stub_for(self, error(404, "not-found"), Reply(404, b"Not found"))
        client = self.client_of(stub)
        self.assertIsNone(client.identity("user_1"))
        with self.assertRaises(onym.ApiError):
            client.identity("user_1")


class Connections(TransportTestCase):
    def test_calls_share_a_connection(self) -> None:
        stub = stub_for(self)
        client = self.client_of(stub)
        for _ in range(5):
            client.track("seen", "user_1")
        self.assertEqual({request.connection for request in stub.requests}, {0})

    def test_a_connection_that_the_server_closed_meanwhile_costs_no_retry(self) -> None:
        stub = stub_for(self, ANSWER_AND_CLOSE)
        client = self.client_of(stub, retries_max=0)
        client.track("seen", "user_1")
        client.track("seen", "user_1")
        self.assertEqual([request.connection for request in stub.requests], [0, 1])

    def test_a_connection_that_was_idle_for_long_is_not_used_again(self) -> None:
        stub = stub_for(self)
        client = self.client_of(stub)
        client.track("seen", "user_1")
        connection, since_s = client._transport._idle[0]
        client._transport._idle[0] = (connection, since_s - onym.CONNECTION_IDLE_S)
        client.track("seen", "user_1")
        self.assertEqual([request.connection for request in stub.requests], [0, 1])

    def test_a_connection_that_timed_out_is_not_used_again(self) -> None:
        stub = stub_for(self, Reply(200), HANG)
        client = self.client_of(stub, request_timeout_s=SILENCE_S)
        client.track("seen", "user_1")
        client.track("seen", "user_1")
        self.assertEqual([request.connection for request in stub.requests], [0, 0, 1])

    def test_a_closed_client_connects_anew(self) -> None:
        stub = stub_for(self)
        with self.client_of(stub) as client:
            client.track("seen", "user_1")
        client.track("seen", "user_1")
        self.assertEqual([request.connection for request in stub.requests], [0, 1])

    def test_requests_carry_the_key_and_say_who_sends_them(self) -> None:
        stub = stub_for(self)
        client = self.client_of(stub)
        client.track("seen", "user_1", sync=True)
        request = stub.requests[0]
        self.assertEqual((request.method, request.path), ("POST", "/track?sync=true"))
        self.assertEqual(header(request, "Authorization"), "Bearer sk_x")
        self.assertEqual(header(request, "User-Agent"), f"onym-python/{onym.__version__}")

    def test_the_base_url_may_have_a_path(self) -> None:
        stub = stub_for(self)
        client = onym.Onym("sk_x", f"{stub.url}/onym/")
        self.addCleanup(client.close)
        client.alias("user_1", "crm:1", dry_run=True)
        self.assertEqual(stub.requests[0].path, "/onym/alias?dry_run=true")

    def test_the_base_url_may_have_no_scheme(self) -> None:
        stub = stub_for(self)
        client = onym.Onym("sk_x", stub.url[len("http://") :])
        self.addCleanup(client.close)
        client.track("seen", "user_1")
        self.assertEqual(stub.requests[0].path, "/track")
