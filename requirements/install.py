"""Make `.venv` hold exactly what a lock file names, then the project itself. Needs Python alone; `make install` runs it.

Every package is checked against the hash in the lock, so the index it comes from need not be trusted. uv does the work in seconds;
where uv cannot be had or refuses, pip does the same in a minute or two.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / "python")

NO_VENV = "Python's venv module is not complete here; Debian and Ubuntu keep it in the package python3-venv."

# uv does not read pip's configuration, so what pip was told about this machine's indexes is handed on. The hashes make
# `unsafe-best-match` (every index is asked, as pip does) safe.
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "timeout": "UV_HTTP_TIMEOUT",
}
SCOPES = ("global", "install", ":env:")  # a later one overrules an earlier one, as in pip


def pip_config(listing: str) -> dict[str, str]:
    """What `pip config list` printed, as the environment uv understands."""
    found: dict[str, str] = {}
    for scope in SCOPES:
        for line in listing.splitlines():
            key, _, value = line.partition("=")
            section, _, name = key.rpartition(".")
            variable = SETTINGS.get(name.removeprefix("default-"))
            if section == scope and variable:
                text = str(ast.literal_eval(value)).strip()
                several = name in {"find-links", "trusted-host"}  # commas for uv, blanks for pip
                found[variable] = ",".join(text.split()) if several else " ".join(text.split())
    return found


def pinned(lock: str, name: str) -> str:
    """The lines of one package in a lock: its pin and its hashes."""
    block: list[str] = []
    for line in lock.splitlines():
        if line.startswith(f"{name}=="):
            block = [line]
        elif block and line.startswith(" "):
            block.append(line)
        elif block:
            break
    return "\n".join(block) + "\n"


def run(*command: str, env: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode == 0


def make_venv() -> None:
    if (BIN / "pip").exists() and run(PYTHON, "-c", ""):
        return
    print(f"Making .venv with Python {sys.version.split()[0]}", flush=True)
    if not run(sys.executable, "-m", "venv", "--clear", str(VENV)):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(NO_VENV)


def get_uv(lock: Path) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        only = Path(folder, "uv.txt")
        only.write_text(pinned(lock.read_text(), "uv"))
        return run(
            PYTHON, "-m", "pip", "install", "-qq", "--require-hashes", "--no-deps", "-r", str(only)
        )


def with_uv(lock: Path) -> bool:
    listing = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    env = (
        pip_config(listing)
        | {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_LINK_MODE": "copy"}
        | os.environ
    )
    uv = [str(BIN / "uv"), "pip"]
    return run(
        *uv, "sync", "--quiet", "--python", PYTHON, "--require-hashes", str(lock), env=env
    ) and run(
        *uv,
        "install",
        "--quiet",
        "--python",
        PYTHON,
        "--no-deps",
        "--no-build-isolation",
        "--editable",
        ".",
        env=env,
    )


def with_pip(lock: Path) -> bool:
    pip = [PYTHON, "-m", "pip", "install", "-qq"]
    return run(*pip, "--require-hashes", "-r", str(lock)) and run(
        *pip, "--no-deps", "--no-build-isolation", "--editable", "."
    )


def main(lock: Path) -> None:
    make_venv()
    print(f"Installing what {lock.name} names", flush=True)
    if get_uv(lock) and with_uv(lock):
        return
    print("uv did not manage; pip does it, which takes longer", flush=True)
    if not with_pip(lock):
        sys.exit("The packages could not be installed; the lines above say why.")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
