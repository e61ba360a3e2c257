"""Which ids are refused before the network, and that the rule is the server's."""

import json
import os
import random
import re
import subprocess
import unittest
import uuid
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Callable, Dict, List

import onym
from tests.server import REPOSITORY, ServerTestCase, clean_environment, need
from tests.stub import Reply, stub_for

NODE_MAX_S = 60.0
RANDOM_IDS = 5_000

CORE = "packages/core/src/identifiers.ts"

# Pieces that the rule is about, and near misses of them.
PIECES = [
    *onym._RESERVED_IN_ANY_CASE,
    *onym._RESERVED_EXACTLY,
    *"anonymous- anonymous_ anon- anon_ visitor- visitor_ device- $device: device_ stripe: crm:legacy: :".split(" "),
    "[object Object]",
    "[object Promise]",
    "[object ",
    "]",
    *"\u00ad\u034f\u200d\u200f\u202a\u202e\u2060\u2064\u2065\u2066\u2069\u206a\u3164",
    *"\"'`",
    *" \t\n\r\v\f\u001c\u001f\u007f\u0085\u009f\u0000",
    *"\u00a0\u1680\u180e\u2000\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff",
    "00000000-0000-0000-0000-000000000000",
    "0" * 32,
    "00000000-0000-0000-0000-00000000000",
    *"{}()-01a",
    "un\u212anown",
    "\u0130d",
    "USER",
    "Guest",
    "[OBJECT OBJECT]",
    "user_123",
    "stripe:cus_1",
    "\u00fc",
    "\U0001f600",
    "-0",
    "",
]


def random_ids(seed: str) -> List[str]:
    chance = random.Random(seed)
    return ["".join(chance.choice(PIECES) for _ in range(chance.randint(1, 4))) for _ in range(RANDOM_IDS)]


def reserved_by_core(ids: List[str]) -> List[bool]:
    script = (
        f"import {{ isReserved }} from './{CORE}';"
        "import { readFileSync } from 'node:fs';"
        "console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map((id) => isReserved(id))));"
    )
    answer = subprocess.run(
        [need("node"), "--conditions=onym-source", "--import", "tsx", "--input-type=module", "--eval", script],
        cwd=REPOSITORY,
        env=clean_environment(),
        input=json.dumps(ids).encode("ascii"),
        stdout=subprocess.PIPE,
        timeout=NODE_MAX_S,
        check=True,
    )
    result: List[bool] = json.loads(answer.stdout)
    return result


class TheRule(unittest.TestCase):
    def assert_as_core(self, ids: List[str], context: str) -> None:
        expected = reserved_by_core(ids)
        wrong = [(text, core) for text, core in zip(ids, expected) if onym.is_reserved(text) is not core]
        self.assertEqual(wrong, [], f"(id, what the core says), {context}")
        self.assertIn(True, expected)
        self.assertIn(False, expected)

    def test_each_piece_and_each_pair_of_pieces_is_judged_as_the_core_judges_it(self) -> None:
        self.assert_as_core([*PIECES, *(a + b for a in PIECES for b in PIECES)], "pairs")

    def test_ids_within_quotes_and_blanks_are_judged_as_the_core_judges_them(self) -> None:
        around = ['"', "'", "`", " ", "\ufeff", "\u3000", '"\'', '" ', "' \""]
        ids = [left + text + left[::-1] for text in PIECES for left in around]
        self.assert_as_core(ids + [text + left for text in PIECES for left in around], "quoted")

    def test_random_ids_are_judged_as_the_core_judges_them(self) -> None:
        seed = os.environ.get("ONYM_PROPERTY_SEED") or uuid.uuid4().hex[:8]
        self.assert_as_core(random_ids(seed), f"replay with ONYM_PROPERTY_SEED={seed}")

    def test_each_word_that_stands_in_the_core_is_judged_as_the_core_judges_it(self) -> None:
        # A word that only the core knows is in no list here.
        words = re.findall(r"'([^'\n]*)'", (REPOSITORY / CORE).read_text("utf-8"))
        self.assertIn("not_authenticated", words, f"{CORE} has no list of words any more. Has it moved?")
        self.assert_as_core([*words, *(f"crm:{word}" for word in words)], "the core's own words")

    def test_a_missing_value_after_a_prefix_and_what_cannot_be_seen_name_nobody(self) -> None:
        for text in (
            *"stripe:undefined crm:null legacy: crm:legacy:NaN anonymous-undefined device-null visitor_".split(" "),
            *("$device:", 'crm:"null"', "crm: nil\u00a0", "[object Promise]", "crm:[object Object]"),
            *(".", "..", "\u200b", "\ufeff\u2060"),
        ):
            self.assertTrue(onym.is_reserved(text), text)
        for text in "role:user crm:0 stripe:guest anonymous-1 visitor_user a.b ... nullable undefined:1".split(" "):
            self.assertFalse(onym.is_reserved(text), text)


class BeforeTheNetwork(unittest.TestCase):
    """The clients here have nobody to talk to: what reaches the network fails with another error."""

    def setUp(self) -> None:
        self.client = onym.Onym("sk_x", "http://127.0.0.1:1", retries_max=0)

    def refused(self, call: Callable[..., Any], *args: Any, **named: Any) -> onym.OnymError:
        with self.assertRaises(onym.OnymError) as caught:
            call(*args, **named)
        self.assertNotIsInstance(caught.exception, (onym.NetworkError, onym.ApiError))
        return caught.exception

    def test_a_reserved_id_is_refused_wherever_it_would_name_somebody(self) -> None:
        for text in ["guest", " NULL ", '"undefined"', "", "\u3000", "a\tb", "00000000-0000-0000-0000-000000000000"]:
            for call, field in (
                (lambda: self.client.identify(text), "distinct_id"),
                (lambda: self.client.alias(text, "user_1"), "distinct_id"),
                (lambda: self.client.alias("user_1", text), "new_user_id"),
                (lambda: self.client.alias("user_1", alias_id=text), "alias_id"),
            ):
                with self.subTest(text=text, field=field):
                    error = self.refused(call)
                    self.assertEqual(error.code, "reserved-distinct-id")
                    self.assertTrue(str(error).startswith(f"{field} {json.dumps(text, ensure_ascii=False)} "), error)
                    self.assertIn("make no call while there is none", str(error))

    def test_the_error_says_why_the_id_is_reserved(self) -> None:
        for text, why in [
            ("guest", "is on the list"),
            ("0", "is on the list"),
            ("''", "is blank"),
            ("a\nb", "holds a control character"),
            ("stripe:undefined", "is what a variable without a value leaves"),
            ("..", "is on the list"),
            ("{00000000-0000-0000-0000-000000000000}", "is an all-zero UUID"),
        ]:
            with self.subTest(text=text):
                self.assertIn(why, str(self.refused(self.client.identify, text)))

    def test_an_id_that_is_no_text_of_1_to_512_bytes_is_refused_in_every_call(self) -> None:
        wrong: List[Any] = [
            *(1.5, 1e3, float("nan"), True, False, Decimal(5), b"user_1", ["user_1"], {"id": 1}, object()),
            *("x" * 513, "\u00fc" * 257, "half \ud83d", 10**513, 10**5_000),
        ]
        for value in wrong:
            for call in (
                lambda: self.client.identify(value),
                lambda: self.client.identify("user_1", anonymous_id=value),
                lambda: self.client.alias(value, "user_1"),
                lambda: self.client.alias("user_1", value),
                lambda: self.client.alias("user_1", alias_id=value),
                lambda: self.client.track("login", value),
                lambda: self.client.track("login", anonymous_id=value),
                lambda: self.client.track("login", device_id=value),
                lambda: self.client.resolve([value]),
                lambda: self.client.identity(value),
                lambda: self.client.explain("user_1", value),
                lambda: self.client.split(distinct_id="user_1", from_=value),
                lambda: self.client.split(distinct_ids=["user_1", value]),
            ):
                with self.subTest(value=repr(type(value))):
                    self.assertEqual(self.refused(call).code, "invalid-distinct-id")

    def test_other_ids_too_are_text_or_integers(self) -> None:
        wrong: List[Any] = [1.5, True, b"x", ["x"]]
        for value in wrong:
            for named in ({"session_id": value}, {"uuid": value}):
                error = self.refused(self.client.track, "login", "user_1", **named)
                self.assertEqual(error.code, "invalid-distinct-id")

    def test_integers_that_name_nobody_are_refused(self) -> None:
        for value in (0, -1):
            self.assertEqual(self.refused(self.client.identify, value).code, "reserved-distinct-id")
            self.assertEqual(self.refused(self.client.alias, "user_1", value).code, "reserved-distinct-id")

    def test_a_nul_is_refused_as_no_id_at_all(self) -> None:
        self.assertEqual(self.refused(self.client.identify, "user\0_1").code, "invalid-distinct-id")

    def test_an_id_that_is_missing_is_named(self) -> None:
        nobody: Any = None
        self.assertIn("distinct_id is missing", str(self.refused(self.client.identify, nobody)))
        self.assertIn("alias_id is missing", str(self.refused(self.client.alias, "user_1")))

    def test_one_string_is_no_list_of_ids(self) -> None:
        self.assertEqual(self.refused(self.client.resolve, "user_1").code, "invalid-payload")
        self.assertEqual(self.refused(self.client.split, distinct_ids="user_1").code, "invalid-payload")

    def test_what_is_right_does_reach_the_network(self) -> None:
        for call in (
            lambda: self.client.identify("x" * 512),
            lambda: self.client.identify("\u00fc" * 256, anonymous_id="guest"),
            lambda: self.client.alias("user_1", "users"),
            lambda: self.client.track("login", "guest", anonymous_id="null", device_id=""),
        ):
            with self.assertRaises(onym.NetworkError):
                call()


class Index:
    """An integer of another kind, as numpy has them."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class WhatIsSent(unittest.TestCase):
    def setUp(self) -> None:
        self.stub = stub_for(self)
        self.client = onym.Onym("sk_x", self.stub.url)
        self.addCleanup(self.client.close)

    def sent(self, **expected: Any) -> None:
        """Compares the last item with what was expected of it."""
        item = self.stub.requests[-1].json
        self.assertEqual({field: item.get(field) for field in expected}, expected)

    def test_an_integer_is_its_digits_and_a_uuid_its_text(self) -> None:
        name, odd = uuid.UUID("0D232CD9-91EA-5C09-A527-50EBFB4AC722"), Index(77)
        text: Any = str(name)
        cases = [(12345, "12345"), (10**18 + 1, "1000000000000000001"), (-7, "-7"), (odd, "77"), (name, text)]
        for value, digits in cases:
            given: Any = value
            self.client.track("login", given, anonymous_id=given, device_id=given, session_id=given, uuid=given)
            self.sent(distinct_id=digits, anonymous_id=digits, device_id=digits, session_id=digits, uuid=digits)
            self.client.identify(given, anonymous_id=given)
            self.sent(distinct_id=digits, anonymous_id=digits)
            self.client.alias(given, given, alias_id=given)
            self.sent(distinct_id=digits, new_user_id=digits, alias_id=digits)
        with onym.BatchingOnym("sk_x", self.stub.url) as queue:
            queue.track("login", 42)
        self.assertEqual(self.stub.requests[-1].json[0]["distinct_id"], "42")

    def test_ids_are_texts_where_one_reads_and_steers(self) -> None:
        name = uuid.uuid4()
        for call, method, path, body in (
            (lambda: self.client.identity(42), "GET", "/v1/identities/42?environment=production", None),
            (lambda: self.client.identity(name), "GET", f"/v1/identities/{name}?environment=production", None),
            (lambda: self.client.explain(42, 43), "GET", "/v1/explain?a=42&b=43&environment=production", None),
            (lambda: self.client.resolve([42, name]), "POST", "/v1/resolve", {"distinct_ids": ["42", str(name)]}),
            (lambda: self.client.split(distinct_id=4, from_=2), "POST", "/v1/split", {"distinct_id": "4", "from": "2"}),
            (
                lambda: self.client.split(distinct_ids=(id for id in ("a", 42, name)), dry_run=True),
                "POST",
                "/v1/split?dry_run=true",
                {"distinct_ids": ["a", "42", str(name)]},
            ),
        ):
            # The stub's answer is none of these calls'.
            with self.assertRaises((onym.ApiError, KeyError)):
                call()
            request = self.stub.requests[-1]
            self.assertEqual((request.method, request.path), (method, path))
            if body is not None:
                self.assertEqual(request.json, {**body, "environment": "production"})

    def test_an_optional_field_that_is_empty_is_not_sent(self) -> None:
        before = datetime.now(timezone.utc)
        empty: Any = {"device_id": "", "session_id": "", "uuid": "", "batch": "", "timestamp": "", "environment": ""}
        self.client.track("login", "", anonymous_id="anonymous-1", **empty)
        item: Dict[str, Any] = self.stub.requests[-1].json
        self.assertEqual(set(item), {"event", "anonymous_id", "uuid", "timestamp", "environment", "properties"})
        self.assertEqual((item["environment"], uuid.UUID(item["uuid"]).version), ("production", 7))
        self.assertGreaterEqual(datetime.fromisoformat(item["timestamp"]), before)
        self.client.identify("user_1", anonymous_id="")
        self.assertNotIn("anonymous_id", self.stub.requests[-1].json)
        self.client.alias("user_1", "", alias_id="crm:1")
        self.sent(new_user_id=None, alias_id="crm:1")

    def test_an_integer_among_the_values_keeps_every_digit(self) -> None:
        exact, big = 9007199254740993, 2**64 - 1
        values = {"n": exact, "deep": [{"n": -exact}], "price": Decimal("5.00"), "total": Decimal(big)}
        self.client.identify("user_1", {**values, "odd": Index(exact)})
        body = self.stub.requests[-1].body.decode()
        self.assertIn(
            f'"traits":{{"n":{exact},"deep":[{{"n":-{exact}}}],"price":5.0,"total":{big},"odd":{exact}}}', body
        )

    def test_none_as_a_trait_goes_as_null(self) -> None:
        self.client.identify("user_1", {"plan": None}, traits_once={"first_page": None})
        self.sent(traits={"plan": None}, traits_once={"first_page": None})


class WhatIsRead(unittest.TestCase):
    def test_a_split_of_a_set_tells_what_was_taken_back_or_would_be(self) -> None:
        pair = {"a": "user_1", "b": "user_2"}
        body = {
            **{"ok": True, "verdict": "applied", "identity_id": "i", "canonical_id": "user_1", "seq": 9},
            **{"revoked": [2, 3], "separations": [pair], "still_connected": False, "path": []},
        }
        radius = {"identities": {"before": 1, "after": 2}}
        stub = stub_for(self, Reply(200, body), Reply(200, {**body, "blast_radius": radius}))
        with onym.Onym("sk_x", stub.url) as client:
            answer = client.split(distinct_ids=["user_2", "user_3"])
            self.assertEqual((answer.verdict, answer.revoked, answer.separations), ("applied", (2, 3), (pair,)))
            self.assertEqual(client.split(distinct_ids=["user_2"], dry_run=True).blast_radius, radius)

    def test_an_integer_comes_with_every_digit(self) -> None:
        stub = stub_for(self, Reply(200, b'{"identity_id":"i","traits":{"n":9007199254740993}}'))
        with onym.Onym("sk_x", stub.url) as client:
            profile = client.identity("user_1")
        self.assertEqual(profile and profile["traits"], {"n": 9007199254740993})


class AtTheServer(ServerTestCase):
    def test_integers_and_uuids_are_people(self) -> None:
        number, name = uuid.uuid4().int >> 66, uuid.uuid4()
        self.client.identify(number, {"plan": "pro"})
        answer = self.client.alias(number, name)
        self.assertEqual((answer.verdict, answer.canonical_id), ("applied", str(number)))
        self.assertEqual(self.client.resolve([name])[str(name)]["canonical_id"], str(number))
        profile = self.client.identity(number)
        self.assertEqual(profile and profile["canonical_id"], str(number))

    def test_track_accepts_a_reserved_id_and_links_nothing(self) -> None:
        answer = self.client.track("login", self.named("user"), anonymous_id="guest")
        self.assertEqual((answer.verdict, answer.link), ("applied", None))

    def test_a_reserved_anonymous_id_is_refused_by_the_server_and_the_traits_stand(self) -> None:
        user = self.named("user")
        answer = self.client.identify(user, {"plan": "pro"}, anonymous_id="undefined")
        self.assertEqual((answer.verdict, answer.reason), ("refused", "reserved-distinct-id"))
        profile = self.client.identity(user)
        assert profile is not None
        self.assertEqual(profile["traits"], {"plan": "pro"})

    def test_512_bytes_are_an_id(self) -> None:
        user = self.named("\u00fc").ljust(511, "x")
        self.assertEqual(len(user.encode("utf-8")), 512)
        self.assertEqual(self.client.identify(user).canonical_id, user)
