#!/usr/bin/env bash
# Package: cutword 0.1.1 with what it declares (numpy, tqdm, pyahocorasick); Python 3.11.
# Expected: importing a word-cutting library is silent, and its word list is tab-separated.
# Seen: the import prints a Chinese message to standard output when torch is absent, which breaks
#       programs whose output is JSON; and a few lines of dict.txt are separated by spaces and end
#       in a carriage return, so a reader that splits at tabs takes the whole line for a word.
# So:   find the file without importing (importlib.util.find_spec), split at any white space.
# Source: cutword/__init__.py and cutword/dict.txt of the wheel.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet cutword==0.1.1 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

spec = find_spec("cutword")
assert spec is not None and spec.origin is not None
data = (Path(spec.origin).parent / "dict.txt").read_bytes().decode("utf8")
lines = data.split("\n")[:-1]
odd = [line for line in lines if line.count("\t") != 2]
print(f"{len(lines)} lines, {len(odd)} not separated by tabs: {odd}")
printed = subprocess.run([sys.executable, "-c", "import cutword"], capture_output=True, text=True)
print(f"import prints {len(printed.stdout.strip())} characters to standard output")
assert odd and all(len(line.split()) == 3 for line in odd)
assert printed.stdout.strip(), "the import is silent now"
PY
