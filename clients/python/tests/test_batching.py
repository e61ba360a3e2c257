"""BatchingOnym: order, arrays, failures, the end of the process, forks."""

import os
import subprocess
import sys
import threading
import unittest
import uuid
from concurrent.futures import CancelledError, Future
from typing import Any, Dict, List, Tuple

import onym
from tests.server import ServerTestCase, clean_environment
from tests.stub import CLOSE, HANG, Reply, Stub, error, stub_for

ANSWER_MAX_S = 30.0
# Longer than any test: what is sent before it is sent for another reason.
NEVER_S = 600.0

Failure = Tuple[onym.OnymError, onym.Call]


def answers(futures: "List[Future[onym.Answer]]") -> List[onym.Answer]:
    return [future.result(ANSWER_MAX_S) for future in futures]


def routes(stub: Stub) -> List[Tuple[str, int]]:
    return [(request.path, len(request.json)) for request in stub.requests]


class BatchingTestCase(unittest.TestCase):
    def queue_of(self, stub: Stub, **options: Any) -> onym.BatchingOnym:
        """A queue that waits for no interval and not between attempts; `self.failures` is what on_error heard."""
        self.failures: List[Failure] = []
        given: Dict[str, Any] = {
            "flush_interval_s": NEVER_S,
            "on_error": lambda error, call: self.failures.append((error, call)),
            **options,
        }
        queue = onym.BatchingOnym("sk_x", stub.url, **given)
        queue._transport._sleep = lambda delay_s: queue._abandoned.is_set()
        self.addCleanup(queue.shutdown, 0)
        return queue

    def failure_of(self, future: "Future[onym.Answer]") -> onym.OnymError:
        failure = future.exception(ANSWER_MAX_S)
        assert isinstance(failure, onym.OnymError)
        return failure


class Arrays(BatchingTestCase):
    def test_calls_of_one_route_that_follow_one_another_travel_together_in_order(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub)
        for number in range(3):
            queue.track(f"event_{number}", "user_1")
        queue.identify("user_1")
        queue.alias("user_1", "crm:1")
        queue.alias("user_1", "crm:2")
        queue.track("event_3", "user_1")
        self.assertTrue(queue.flush())
        self.assertEqual(routes(stub), [("/track", 3), ("/identify", 1), ("/alias", 2), ("/track", 1)])
        events = [item["event"] for request in stub.requests for item in request.json if "event" in item]
        self.assertEqual(events, ["event_0", "event_1", "event_2", "event_3"])

    def test_an_array_has_no_more_calls_than_it_may(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub, batch_size_max=10)
        stub.may_answer.clear()
        futures = [queue.track(f"event_{number}", "user_1") for number in range(25)]
        stub.may_answer.set()
        self.assertTrue(queue.flush())
        answers(futures)
        events = [item["event"] for request in stub.requests for item in request.json]
        self.assertEqual(events, [f"event_{number}" for number in range(25)])
        self.assertLessEqual(max(len(request.json) for request in stub.requests), 10)

    def test_an_array_has_no_more_bytes_than_it_may(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub)
        for _ in range(6):
            queue.track("seen", "user_1", {"text": "x" * (onym.BATCH_BYTES_MAX // 4)})
        queue.track("seen", "user_1", {"text": "x" * onym.BATCH_BYTES_MAX})
        self.assertTrue(queue.flush())
        self.assertEqual(routes(stub), [("/track", 3), ("/track", 3), ("/track", 1)])

    def test_a_full_array_is_sent_at_once(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub, batch_size_max=3)
        answers([queue.track("seen", "user_1") for _ in range(3)])
        self.assertEqual(routes(stub), [("/track", 3)])

    def test_a_call_is_sent_after_the_interval(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub, flush_interval_s=0.01)
        self.assertEqual(queue.track("seen", "user_1").result(ANSWER_MAX_S).verdict, "applied")

    def test_the_next_array_waits_for_the_answer_to_the_one_before(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub, batch_size_max=1)
        stub.may_answer.clear()
        futures = [queue.track("seen", "user_1"), queue.identify("user_1")]
        stub.wait_for_requests(1)
        self.assertFalse(queue.flush(0.05))
        self.assertEqual(routes(stub), [("/track", 1)])
        stub.may_answer.set()
        answers(futures)
        self.assertEqual(routes(stub), [("/track", 1), ("/identify", 1)])

    def test_a_dry_run_travels_alone_and_options_do_not_mix(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub)
        queue.alias("user_1", "crm:1", dry_run=True)
        queue.alias("user_1", "crm:2", dry_run=True)
        queue.alias("user_1", "crm:3", sync=True)
        queue.alias("user_1", "crm:4", sync=True)
        queue.alias("user_1", "crm:5")
        self.assertTrue(queue.flush())
        self.assertEqual(
            routes(stub),
            [("/alias?dry_run=true", 1), ("/alias?dry_run=true", 1), ("/alias?sync=true", 2), ("/alias", 1)],
        )

    def test_what_is_sent_is_what_was_given_even_if_it_changes_later(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub)
        properties = {"n": 1}
        queue.track("seen", "user_1", properties)
        properties["n"] = 2
        self.assertTrue(queue.flush())
        self.assertEqual(stub.requests[0].json[0]["properties"]["n"], 1)

    def test_a_call_that_was_cancelled_in_time_is_not_sent(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub)
        first, second, third = (queue.track(f"event_{number}", "user_1") for number in range(3))
        self.assertTrue(second.cancel())
        self.assertTrue(queue.flush())
        answers([first, third])
        self.assertEqual([item["event"] for item in stub.requests[0].json], ["event_0", "event_2"])
        with self.assertRaises(CancelledError):
            second.result(ANSWER_MAX_S)
        third.cancel()
        self.assertTrue(queue.track("seen", "user_1").cancel())
        self.assertTrue(queue.flush())
        self.assertEqual((len(stub.requests), self.failures), (1, []))


class Failures(BatchingTestCase):
    def test_a_rejected_item_costs_its_neighbours_nothing(self) -> None:
        one = {"ok": True, "verdict": "applied", "seq": 7}
        rejected = [{"index": 1, "error_code": "invalid-timestamp", "message": "It is no moment."}]
        body = {"ok": True, "accepted": 2, "rejected": rejected, "results": [one, None, one]}
        stub = stub_for(self, Reply(200, body))
        queue = self.queue_of(stub)
        futures = [queue.track(f"event_{number}", "user_1") for number in range(3)]
        self.assertTrue(queue.flush())
        self.assertEqual([answer.seq for answer in answers([futures[0], futures[2]])], [7, 7])
        failure = self.failure_of(futures[1])
        assert isinstance(failure, onym.ApiError)
        self.assertEqual((failure.status, failure.code, str(failure)), (422, "invalid-timestamp", "It is no moment."))
        ((error, call),) = self.failures
        self.assertEqual((error, call.route, call.item["event"]), (failure, "track", "event_1"))

    def test_an_array_of_bad_items_fails_each_for_its_own_reason(self) -> None:
        body = {
            "ok": False,
            "error_code": "invalid-payload",
            "message": "first",
            "accepted": 0,
            "rejected": [
                {"index": 0, "error_code": "invalid-payload", "message": "first"},
                {"index": 1, "error_code": "invalid-timestamp", "message": "second"},
            ],
            "results": [None, None],
        }
        stub = stub_for(self, Reply(422, body))
        queue = self.queue_of(stub)
        futures = [queue.track("seen", "user_1") for _ in range(2)]
        self.assertTrue(queue.flush())
        codes = [self.failure_of(future).code for future in futures]
        self.assertEqual(codes, ["invalid-payload", "invalid-timestamp"])

    def test_an_array_that_is_turned_down_as_a_whole_fails_each_of_its_calls_and_no_other(self) -> None:
        stub = stub_for(self, error(401, "invalid-api-key"))
        queue = self.queue_of(stub)
        futures = [queue.track("seen", "user_1"), queue.track("seen", "user_1"), queue.identify("user_1")]
        self.assertTrue(queue.flush())
        self.assertEqual([self.failure_of(future).code for future in futures[:2]], ["invalid-api-key"] * 2)
        self.assertEqual(futures[2].result(ANSWER_MAX_S).verdict, "applied")
        self.assertEqual([call.route for _, call in self.failures], ["track", "track"])

    def test_an_answer_that_is_not_onyms_fails_the_calls(self) -> None:
        for reply in (Reply(200, b"<html>"), Reply(200, {"results": []}), Reply(200, {"results": [{"ok": True}]})):
            stub = stub_for(self, reply)
            queue = self.queue_of(stub)
            future = queue.track("seen", "user_1")
            self.assertTrue(queue.flush())
            self.assertIn(self.failure_of(future).code, ("http-200", "internal-error"))
            after = queue.track("seen", "user_1")
            self.assertTrue(queue.flush())
            answers([after])

    def test_an_array_is_sent_again_as_it_was_and_nothing_overtakes_it(self) -> None:
        stub = stub_for(self, error(503, "overloaded"), CLOSE, error(500, "internal-error"))
        queue = self.queue_of(stub)
        futures = [queue.track("seen", "user_1"), queue.track("seen", "user_1"), queue.identify("user_1")]
        self.assertTrue(queue.flush())
        answers(futures)
        self.assertEqual([request.path for request in stub.requests], ["/track"] * 4 + ["/identify"])
        self.assertEqual(len({request.body for request in stub.requests[:4]}), 1)

    def test_a_wrong_call_raises_nothing_and_is_told_all_the_same(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub)
        future = queue.identify("guest", {"plan": "pro"})
        self.assertEqual(self.failure_of(future).code, "reserved-distinct-id")
        ((error, call),) = self.failures
        self.assertEqual((error.code, call.route), ("reserved-distinct-id", "identify"))
        self.assertEqual((call.item["distinct_id"], call.item["traits"]), ("guest", {"plan": "pro"}))
        self.assertEqual(self.failure_of(queue.track("seen", "user_1", {"n": object()})).code, "invalid-payload")
        self.assertTrue(queue.flush())
        self.assertEqual(stub.requests, [])

    def test_a_full_queue_says_so(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub, queue_size_max=2)
        futures = [queue.track("seen", "user_1") for _ in range(3)]
        failure = self.failure_of(futures[2])
        self.assertEqual(failure.code, "queue-full")
        self.assertIn("2 calls wait", str(failure))
        self.assertEqual(len(self.failures), 1)
        self.assertTrue(queue.flush())
        answers(futures[:2])

    def test_a_queue_is_full_by_its_bytes_too(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub)
        half = {"text": "x" * (onym.QUEUE_BYTES_MAX // 2)}
        futures = [queue.track("seen", "user_1", half) for _ in range(2)]
        self.assertEqual(self.failure_of(futures[1]).code, "queue-full")
        self.assertTrue(queue.flush())
        after = queue.track("seen", "user_1", half)
        self.assertTrue(queue.flush())
        answers([futures[0], after])

    def test_a_failing_on_error_stops_nothing(self) -> None:
        def on_error(error: onym.OnymError, call: onym.Call) -> None:
            raise RuntimeError("The handler itself fails.")

        stub = stub_for(self, error(400, "invalid-payload"))
        queue = self.queue_of(stub, on_error=on_error)
        with self.assertLogs("onym", "ERROR"):
            future = queue.track("seen", "user_1")
            self.assertTrue(queue.flush())
        self.assertEqual(self.failure_of(future).code, "invalid-payload")
        last = queue.track("seen", "user_1")
        self.assertTrue(queue.flush())
        answers([last])

    def test_on_error_may_make_calls_and_cannot_wait_for_itself(self) -> None:
        told: List[Any] = []

        def on_error(error: onym.OnymError, call: onym.Call) -> None:
            told.append((queue.flush(), queue.track("call_failed", "user_1")))

        stub = stub_for(self, error(400, "invalid-payload"))
        queue = self.queue_of(stub, on_error=on_error)
        queue.track("seen", "user_1")
        self.assertTrue(queue.flush())
        self.assertTrue(queue.flush())
        (flushed, future), *rest = told
        self.assertEqual((flushed, rest), (False, []))
        answers([future])

    def test_without_on_error_failures_are_logged_and_the_key_is_not(self) -> None:
        stub = stub_for(self, error(401, "invalid-api-key"))
        queue = self.queue_of(stub, on_error=None)
        with self.assertLogs("onym", "WARNING") as logged:
            queue.track("seen", "user_1")
            self.assertTrue(queue.flush())
        self.assertEqual(len(logged.output), 1)
        self.assertIn("track failed: invalid-api-key, says the stub. (invalid-api-key)", logged.output[0])
        self.assertNotIn("sk_x", logged.output[0])


class TheEnd(BatchingTestCase):
    def test_the_end_of_the_block_sends_what_is_queued(self) -> None:
        stub = stub_for(self)
        with self.queue_of(stub) as queue:
            futures = [queue.track("seen", "user_1"), queue.identify("user_1")]
        answers(futures)
        self.assertEqual(routes(stub), [("/track", 1), ("/identify", 1)])

    def test_after_shutdown_calls_fail(self) -> None:
        queue = self.queue_of(stub_for(self))
        self.assertTrue(queue.shutdown())
        self.assertTrue(queue.shutdown())
        self.assertEqual(self.failure_of(queue.track("seen", "user_1")).code, "shut-down")

    def test_shutdown_does_not_wait_for_a_server_that_is_silent(self) -> None:
        stub = stub_for(self, HANG)
        queue = self.queue_of(stub, batch_size_max=1)
        futures = [queue.track("seen", "user_1") for _ in range(3)]
        stub.wait_for_requests(1)
        with self.assertLogs("onym", "WARNING") as logged:
            self.assertFalse(queue.shutdown(0.01))
        self.assertIn("still under way", logged.output[0])
        stub.close()
        codes = [self.failure_of(future).code for future in futures]
        # The first was under way; it is not tried again.
        self.assertEqual(codes, ["network-error", "shut-down", "shut-down"])
        self.assertEqual(len(stub.requests), 1)
        self.assertEqual(len(self.failures), 3)

    def test_flush_with_nothing_queued_is_done(self) -> None:
        self.assertTrue(self.queue_of(stub_for(self)).flush())

    def test_many_threads_may_call_and_flush(self) -> None:
        stub = stub_for(self)
        queue = self.queue_of(stub, batch_size_max=7)
        flushed: List[bool] = []

        def work(name: str) -> None:
            for number in range(50):
                queue.track(f"{name}_{number}", "user_1")
            flushed.append(queue.flush())

        threads = [threading.Thread(target=work, args=(f"t{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(ANSWER_MAX_S)
        self.assertEqual(flushed, [True] * 4)
        events = [item["event"] for request in stub.requests for item in request.json]
        for name in ("t0", "t1", "t2", "t3"):
            own = [event for event in events if event.startswith(name)]
            self.assertEqual(own, [f"{name}_{number}" for number in range(50)])


class AtTheServer(ServerTestCase):
    def run_script(self, text: str) -> str:
        """What a program prints that has `key`, `url` and `user`, run to its end."""
        given = (self.server.secret_key, self.server.url, self.own)
        head = f"import onym, os, sys, threading\nkey, url, user = {given!r}\n"
        done = subprocess.run(
            [sys.executable, "-c", head + text],
            cwd=os.path.dirname(onym.__file__),
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=ANSWER_MAX_S * 2,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def events(self) -> List[str]:
        rows = self.client.query(f"SELECT event FROM events WHERE distinct_id = '{self.own}' ORDER BY event")
        return [row["event"] for row in rows]

    def test_calls_have_the_verdicts_that_they_would_have_alone(self) -> None:
        user, visitor, other = self.named("user"), self.named("anonymous"), self.named("user_2")
        with onym.BatchingOnym(self.server.secret_key, self.server.url) as queue:
            joined = queue.identify(user, anonymous_id=visitor)
            claimed = queue.identify(other, anonymous_id=visitor)
            merged = queue.alias(user, new_user_id=other)
            name = uuid.uuid4()
            first, again = queue.track("login", user, uuid=name), queue.track("login", user, uuid=name)
        verdicts = [future.result(0).verdict for future in (joined, claimed, merged)]
        self.assertEqual(verdicts, ["applied", "refused", "applied"])
        self.assertEqual(claimed.result(0).reason, "anonymous-id-belongs-to-another-identity")
        self.assertEqual(merged.result(0).canonical_id, user)
        self.assertEqual([future.result(0).verdict for future in (first, again)], ["applied", "unchanged"])

    def test_a_bad_item_among_good_ones_is_the_only_one_to_fail(self) -> None:
        user = self.named("user")
        failures: List[Tuple[str, str]] = []

        def on_error(error: onym.OnymError, call: onym.Call) -> None:
            failures.append((error.code, call.item["event"]))

        with onym.BatchingOnym(self.server.secret_key, self.server.url, on_error=on_error) as queue:
            futures = [
                queue.track("first", user),
                queue.track("second", user, timestamp="tomorrow"),
                queue.track("third", user, environment="prod"),
                queue.track("fourth", user),
            ]
        self.assertEqual([future.exception(0) is None for future in futures], [True, False, False, True])
        self.assertEqual(failures, [("invalid-timestamp", "second"), ("environment-not-found", "third")])

    def test_a_thousand_events_arrive_once_each(self) -> None:
        user = self.named("user")
        with onym.BatchingOnym(self.server.secret_key, self.server.url) as queue:
            for number in range(1_000):
                queue.track("seen", user, {"n": number})
        rows = self.client.query(f"SELECT count() AS n, uniqExact(uuid) AS u FROM events WHERE distinct_id = '{user}'")
        self.assertEqual([(int(row["n"]), int(row["u"])) for row in rows], [(1_000, 1_000)])

    def test_the_end_of_the_process_sends_what_is_queued(self) -> None:
        self.run_script("queue = onym.BatchingOnym(key, url, flush_interval_s=600)\nqueue.track('last_words', user)\n")
        self.assertEqual(self.events(), ["last_words"])

    def test_a_process_that_ends_without_a_server_says_what_was_not_recorded(self) -> None:
        said = self.run_script(
            """
import atexit, logging
logging.basicConfig(stream=sys.stdout, format="%(message)s")
queue = onym.BatchingOnym(key, "http://127.0.0.1:1", batch_size_max=1)
# As at the end of any process, but sooner.
atexit.unregister(queue.shutdown)
atexit.register(queue.shutdown, 0.5)
queue.track("last_words", user)
queue.identify(user)
"""
        )
        failed = sorted(line.partition(":")[0] for line in said.strip().split("\n"))
        self.assertEqual(failed, ["identify failed", "track failed"], said)

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_a_fork_sends_its_own_calls_and_leaves_the_parents_to_the_parent(self) -> None:
        self.run_script(
            """
queue = onym.BatchingOnym(key, url, flush_interval_s=600)
client = onym.Onym(key, url)
client.track("before", user)
queue.track("parent_queued", user)

# The worst moment: another thread is at the queue when the process forks.
held, release = threading.Event(), threading.Event()
def hold():
    with queue._changed, client._transport._lock:
        held.set()
        release.wait()
threading.Thread(target=hold, daemon=True).start()
held.wait()

child = os.fork()
if child == 0:
    # Two processes on one connection would read each other's answers.
    assert client._transport._idle == []
    queue.track("child_queued", user)
    client.track("child", user)
    assert queue.flush()
    queue.track("child_last_words", user)
    sys.exit(0)
release.set()
assert os.waitpid(child, 0)[1] == 0
client.track("parent", user)
queue.shutdown()
"""
        )
        self.assertEqual(
            self.events(), ["before", "child", "child_last_words", "child_queued", "parent", "parent_queued"]
        )
