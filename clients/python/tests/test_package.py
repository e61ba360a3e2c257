"""The file itself, how it is installed, and that its README is true."""

import ast
import atexit
import functools
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import venv
import zipfile
from pathlib import Path
from typing import Dict, List

import build_backend
import onym
from tests.server import ServerTestCase, clean_environment, lack

FOLDER = Path(__file__).resolve().parents[1]
STEP_MAX_S = 120.0

_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> str:
    """All README blocks of a language, in order."""
    text = (FOLDER / "README.md").read_text("utf-8")
    return "".join(content for name, content in _BLOCK.findall(text) if name == language)


def run(command: List[str], **environment: str) -> str:
    """What a command prints, without this process's configuration of pip and with no package index to ask."""
    done = subprocess.run(
        command,
        cwd=tempfile.gettempdir(),
        env={**clean_environment(), "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=STEP_MAX_S,
        text=True,
    )
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)} ended with {done.returncode}.\n{done.stdout}{done.stderr}")
    return done.stdout


class TheFile(unittest.TestCase):
    def test_it_is_python_3_9(self) -> None:
        for name in ("onym.py", "build_backend.py"):
            ast.parse((FOLDER / name).read_text("utf-8"), name, feature_version=(3, 9))

    @unittest.skipUnless(hasattr(sys, "stdlib_module_names"), "Python tells the names of its modules from 3.10 on")
    def test_it_imports_the_standard_library_alone(self) -> None:
        for name in ("onym.py", "build_backend.py"):
            imported = set()
            for node in ast.walk(ast.parse((FOLDER / name).read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    imported.add("." * node.level + (node.module or "").partition(".")[0])
            self.assertEqual(imported - sys.stdlib_module_names, set())  # type: ignore[attr-defined]
            self.assertIn("re", imported)

    def test_its_version_is_the_packages(self) -> None:
        self.assertEqual(build_backend._project()["version"], onym.__version__)

    def test_what_it_offers_is_documented(self) -> None:
        for name in onym.__all__:
            value = getattr(onym, name)
            if not isinstance(value, type):
                continue
            self.assertTrue(value.__doc__, name)
            for member in (key for key, own in vars(value).items() if callable(own) and not key.startswith("_")):
                self.assertTrue(getattr(value, member).__doc__, f"{name}.{member}")


class TheBuild(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.mkdtemp(prefix="onym-python-")
        self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        self.directory = Path(directory)

    def folder(self, name: str) -> str:
        path = self.directory / name
        path.mkdir()
        return str(path)

    def test_the_same_sources_give_the_same_bytes(self) -> None:
        for build in (build_backend.build_wheel, build_backend.build_sdist):
            digests = set()
            for name in ("first", "second"):
                folder = self.folder(f"{build.__name__}-{name}")
                # Elsewhere, with other modification times.
                written = Path(folder) / build(folder)
                digests.add(hashlib.sha256(written.read_bytes()).hexdigest())
            self.assertEqual(len(digests), 1, build.__name__)

    def test_the_wheel_holds_the_file_its_marker_and_its_licence(self) -> None:
        folder = self.folder("wheel")
        name = build_backend.build_wheel(folder)
        self.assertEqual(name, f"onym-{onym.__version__}-py3-none-any.whl")
        with zipfile.ZipFile(Path(folder) / name) as archive:
            self.assertEqual(archive.read("onym/__init__.py"), (FOLDER / "onym.py").read_bytes())
            info = f"onym-{onym.__version__}.dist-info"
            about = {f"{info}/{file}" for file in ("METADATA", "WHEEL", "LICENSE", "RECORD")}
            self.assertEqual(set(archive.namelist()), {"onym/__init__.py", "onym/py.typed", *about})
            self.assertIn(b"Requires-Python: >=3.9\n", archive.read(f"{info}/METADATA"))

    def test_the_source_distribution_builds_the_same_wheel(self) -> None:
        folder = self.folder("sdist")
        with tarfile.open(Path(folder) / build_backend.build_sdist(folder)) as archive:
            # Ours, so nothing in it leads out of the folder.
            archive.extractall(folder)
        unpacked = Path(folder) / f"onym-{onym.__version__}"
        there = self.folder("there")
        script = "import build_backend as b, sys; print(b.build_wheel(sys.argv[1]))"
        name = run([sys.executable, "-c", script, there], PYTHONPATH=str(unpacked)).strip()
        here = self.folder("here")
        build_backend.build_wheel(here)
        self.assertEqual((Path(there) / name).read_bytes(), (Path(here) / name).read_bytes())


@functools.lru_cache(maxsize=None)
def virtual_environment() -> str:
    """The Python of a virtual environment, one for all tests, that is removed at the end."""
    if importlib.util.find_spec("ensurepip") is None:
        lack("Python's own pip (ensurepip, in Debian the package python3-venv)")
    directory = tempfile.mkdtemp(prefix="onym-python-venv-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    venv.create(directory, with_pip=True, symlinks=os.name != "nt")
    return str(Path(directory) / ("Scripts" if os.name == "nt" else "bin") / "python")


class Installed(ServerTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.python = virtual_environment()

    def pip(self, *args: str) -> None:
        run([self.python, "-m", "pip", *args])

    def before(self) -> Dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in FOLDER.rglob("*") if "__pycache__" not in path.parts}

    def test_pip_installs_the_folder_without_a_package_index(self) -> None:
        before = self.before()
        self.pip("install", "--force-reinstall", str(FOLDER))
        self.assertEqual(self.before(), before, "The installation wrote into the folder.")
        where = run([self.python, "-c", "import onym; print(onym.__file__); print(onym.__version__)"]).split("\n")
        self.assertIn(str(Path(self.python).parents[1]), where[0])
        self.assertEqual(where[1], onym.__version__)
        self.pip("check")

    def test_pip_installs_the_folder_to_be_edited(self) -> None:
        self.pip("install", "--force-reinstall", "--editable", str(FOLDER))
        where = run([self.python, "-c", "import onym; print(onym.__file__)"]).strip()
        self.assertEqual(os.path.realpath(where), str(FOLDER / "onym.py"))

    def test_the_readme_runs_as_it_stands(self) -> None:
        self.pip("install", "--force-reinstall", str(FOLDER))
        code = blocks("python")
        self.assertIn('client.alias(distinct_id="user_123", new_user_id="stripe:cus_abc123")\n', code)
        said = run([self.python, "-c", code], ONYM_SECRET_KEY=self.server.secret_key, ONYM_URL=self.server.url)
        if not self.server.is_fresh:
            self.skipTest("It ran; a server that has seen user_123 before does not answer what the README shows")
        self.assertEqual(said, blocks("text"))
