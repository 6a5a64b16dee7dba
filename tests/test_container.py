"""The code as the container has it: copied, with the packages but without the distribution."""

import json
import sys
import sysconfig
from pathlib import Path

from app import __version__
from tests.servers import ROOT, free_port, serving

_PROGRAM = """
import sys
sys.path[:0] = sys.argv[1:3]
del sys.argv[1:3]
from app.cli import main
main()
"""


def _copied() -> list[str]:
    """Return the folders that the last stage of the Dockerfile copies from the project."""
    folders: list[str] = []
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        words = line.split()
        if words[:1] == ["FROM"]:
            folders = []
        elif words[:1] == ["COPY"] and not words[1].startswith("--"):
            folders.append(words[1])
    return folders


def _packages(folder: Path) -> None:
    """Fill a folder with all installed packages but Briefbase itself."""
    folder.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "briefbase" not in entry.name:
            (folder / entry.name).symlink_to(entry)


def test_a_copy_of_the_code_serves(tmp_path: Path) -> None:
    # The version was asked of the distribution, which no container has: none ever started.
    code = tmp_path / "srv"
    code.mkdir()
    for name in _copied():
        (code / name).symlink_to(ROOT / name)
    packages = tmp_path / "packages"
    _packages(packages)
    port = free_port()
    # Without the site module nothing else is on the path.
    python = [sys.executable, "-I", "-S", "-c", _PROGRAM, str(code), str(packages)]
    command = [*python, "serve", "--port", str(port)]
    environment = {"BRIEFBASE_DATABASE_URL": f"sqlite:///{tmp_path}/base.db"}
    with serving(command, port, "/readyz", tmp_path / "log", cwd=tmp_path, env=environment) as it:
        assert json.loads(it.get("/v1/info").body)["version"] == __version__
        assert json.loads(it.get("/v1/briefings").body)["meta"]["total"] == 2
