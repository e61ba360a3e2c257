"""Builds the package for pip (PEP 517, PEP 660).

It is in the tree so that installing needs pip and nothing else: a build backend from elsewhere would be downloaded
first, for packing one file. The same sources give the same bytes.

onym.py becomes the package onym/__init__.py, because a type checker believes the hints of an installed module only
where the marker py.typed lies beside it, which needs a package.
"""

import base64
import gzip
import hashlib
import io
import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any, Dict, Optional

_HERE = Path(__file__).resolve().parent
# The earliest moment that a zip archive can hold.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def _read(name: str) -> bytes:
    return (_HERE / name).read_bytes()


def _license() -> bytes:
    # In the repository it lies at the root; in a source distribution, beside this file.
    return next(path for path in (_HERE / "LICENSE", _HERE.parents[1] / "LICENSE") if path.is_file()).read_bytes()


def _project() -> Dict[str, str]:
    # Python has a TOML reader from 3.11 on only; these are plain strings.
    text = _read("pyproject.toml").decode("utf-8").partition("[project]\n")[2]
    return dict(re.findall(r'^([a-z-]+) = "(.*)"$', text, re.MULTILINE))


def _metadata() -> bytes:
    project = _project()
    head = {
        "Metadata-Version": "2.1",
        "Name": project["name"],
        "Version": project["version"],
        "Summary": project["description"],
        "License": project["license"],
        "Requires-Python": project["requires-python"],
        "Description-Content-Type": "text/markdown; charset=UTF-8",
    }
    return "".join(f"{name}: {value}\n" for name, value in head.items()).encode("utf-8") + b"\n" + _read("README.md")


def _write_wheel(directory: str, content: Dict[str, bytes]) -> str:
    project = _project()
    stem = f"{project['name']}-{project['version']}"
    info = f"{stem}.dist-info"
    files = {
        **content,
        f"{info}/METADATA": _metadata(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: onym\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/LICENSE": _license(),
    }
    record = ""
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")
        record += f"{path},sha256={digest},{len(data)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode("utf-8")
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(Path(directory) / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            member = zipfile.ZipInfo(path, _ZIP_TIME)
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return name


def build_wheel(
    wheel_directory: str, config_settings: Optional[Dict[str, Any]] = None, metadata_directory: Optional[str] = None
) -> str:
    return _write_wheel(wheel_directory, {"onym/__init__.py": _read("onym.py"), "onym/py.typed": b""})


def build_editable(
    wheel_directory: str, config_settings: Optional[Dict[str, Any]] = None, metadata_directory: Optional[str] = None
) -> str:
    return _write_wheel(wheel_directory, {"onym-editable.pth": f"{_HERE}\n".encode("utf-8")})


def build_sdist(sdist_directory: str, config_settings: Optional[Dict[str, Any]] = None) -> str:
    project = _project()
    stem = f"{project['name']}-{project['version']}"
    files = {name: _read(name) for name in ("README.md", "build_backend.py", "onym.py", "pyproject.toml")}
    files["LICENSE"] = _license()
    files["PKG-INFO"] = _metadata()
    name = f"{stem}.tar.gz"
    with open(Path(sdist_directory) / name, "wb") as target:
        with gzip.GzipFile(filename="", mode="wb", fileobj=target, mtime=0) as packed:
            with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
                for path, data in sorted(files.items()):
                    member = tarfile.TarInfo(f"{stem}/{path}")
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))
    return name
