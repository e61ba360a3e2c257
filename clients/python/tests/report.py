"""Runs the tests for another test runner: one line of JSON for each.

    python3 -m tests.report --list    {"id"}
    python3 -m tests.report           {"id", "outcome": "passed" | "failed" | "skipped", "text"}, each when it has run
"""

import json
import sys
import traceback
import unittest
from pathlib import Path
from typing import Any, Iterator, List, Optional, Set, Tuple

FOLDER = Path(__file__).resolve().parents[1]

# Whatever the tests print, the report has this stream to itself.
_out = sys.stdout


def say(**line: str) -> None:
    print(json.dumps(line), file=_out, flush=True)


def each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


class Report(unittest.TestResult):
    def __init__(self, ids: List[str]) -> None:
        super().__init__()
        self.ids = ids
        self.said: Set[str] = set()
        self.outcome, self.text = "passed", ""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.outcome, self.text = "passed", ""

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self._say(test.id(), self.outcome, self.text)

    def addError(self, test: Any, err: Any) -> None:
        self._failed(test, err)

    def addFailure(self, test: Any, err: Any) -> None:
        self._failed(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Optional[Tuple[Any, ...]]) -> None:
        if err is not None:
            self._failed(test, err, f"{subtest}\n")

    def addUnexpectedSuccess(self, test: Any) -> None:
        self.outcome, self.text = "failed", "It was expected to fail, and passed."

    def addSkip(self, test: Any, reason: str) -> None:
        self._end(test, "skipped", reason)

    def _failed(self, test: Any, err: Any, where: str = "") -> None:
        self._end(test, "failed", where + "".join(traceback.format_exception(*err)))

    def _end(self, test: Any, outcome: str, text: str) -> None:
        if isinstance(test, unittest.TestCase):
            self.outcome = "failed" if "failed" in (self.outcome, outcome) else outcome
            self.text += text
            return
        # `setUpClass (tests.test_ids.TheRule)` and the like speak for the tests that now do not run.
        prefix = test.id().partition("(")[2].rstrip(")") + "."
        unheard = [name for name in self.ids if name.startswith(prefix) and name not in self.said]
        for name in unheard or [test.id()]:
            self._say(name, outcome, f"{test.id()}\n{text}")

    def _say(self, name: str, outcome: str, text: str) -> None:
        self.said.add(name)
        say(id=name, outcome=outcome, text=text)


def main() -> None:
    sys.stdout = sys.stderr
    suite = unittest.TestLoader().discover(str(FOLDER / "tests"), top_level_dir=str(FOLDER))
    ids = [test.id() for test in each(suite)]
    if sys.argv[1:] == ["--list"]:
        for name in ids:
            say(id=name)
        return
    suite.run(Report(ids))


if __name__ == "__main__":
    main()
