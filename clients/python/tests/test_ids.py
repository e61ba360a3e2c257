"""Which ids are refused before the network, and that the rule is the server's."""

import json
import os
import random
import re
import subprocess
import unittest
import uuid
from typing import Any, Callable, List

import onym
from tests.server import REPOSITORY, ServerTestCase, clean_environment, need

NODE_MAX_S = 60.0
RANDOM_IDS = 5_000

CORE = "packages/core/src/identifiers.ts"

# Pieces that the rule is about, and near misses of them.
PIECES = [
    *onym._RESERVED_IN_ANY_CASE,
    *onym._RESERVED_EXACTLY,
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
        [need("node"), "--conditions=source", "--import", "tsx", "--input-type=module", "--eval", script],
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

    def test_the_list_is_that_of_the_core(self) -> None:
        source = (REPOSITORY / CORE).read_text("utf-8")
        for name, ours in (
            ("reservedInAnyCase", onym._RESERVED_IN_ANY_CASE),
            ("reservedExactly", onym._RESERVED_EXACTLY),
        ):
            found = re.search(rf"const {name}\b[^=]*= new Set\(\[(.*?)\]\);", source, re.DOTALL)
            if found is None:
                self.fail(f"{CORE} has no {name} to compare with. Has it moved?")
            self.assertEqual(set(re.findall(r"'([^']*)'", found.group(1))), ours)


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
            ("{00000000-0000-0000-0000-000000000000}", "is an all-zero UUID"),
        ]:
            with self.subTest(text=text):
                self.assertIn(why, str(self.refused(self.client.identify, text)))

    def test_an_id_that_is_no_text_of_1_to_512_bytes_is_refused_in_every_call(self) -> None:
        wrong: List[Any] = [123, b"user_1", uuid.uuid4(), "x" * 513, "\u00fc" * 257, "half \ud83d", ["user_1"]]
        for value in wrong:
            for call in (
                lambda: self.client.identify(value),
                lambda: self.client.identify("user_1", anonymous_id=value),
                lambda: self.client.alias(value, "user_1"),
                lambda: self.client.alias("user_1", value),
                lambda: self.client.track("login", value),
                lambda: self.client.track("login", anonymous_id=value),
                lambda: self.client.track("login", device_id=value),
                lambda: self.client.resolve([value]),
                lambda: self.client.identity(value),
                lambda: self.client.explain("user_1", value),
            ):
                with self.subTest(value=str(value)[:20]):
                    self.assertEqual(self.refused(call).code, "invalid-distinct-id")

    def test_a_nul_is_refused_as_no_id_at_all(self) -> None:
        self.assertEqual(self.refused(self.client.identify, "user\0_1").code, "invalid-distinct-id")

    def test_an_id_that_is_missing_is_named(self) -> None:
        nobody: Any = None
        self.assertIn("distinct_id is missing", str(self.refused(self.client.identify, nobody)))
        self.assertIn("alias_id is missing", str(self.refused(self.client.alias, "user_1")))

    def test_one_string_is_no_list_of_ids(self) -> None:
        self.assertEqual(self.refused(self.client.resolve, "user_1").code, "invalid-payload")

    def test_what_is_right_does_reach_the_network(self) -> None:
        for call in (
            lambda: self.client.identify("x" * 512),
            lambda: self.client.identify("\u00fc" * 256, anonymous_id="guest"),
            lambda: self.client.alias("user_1", "users"),
            lambda: self.client.track("login", "guest", anonymous_id="null", device_id=""),
        ):
            with self.assertRaises(onym.NetworkError):
                call()


class AtTheServer(ServerTestCase):
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
