#!/usr/bin/env bash
# Packages: markdown-it-py 4.3.0, mistune 3.4.0; Python 3.11.
# Expected: a sentence that ends in [1][2], with both numbers defined below, gives two links.
# Seen: one link whose text is 1 and whose address is that of [2]; source 1 is lost, silently. It is
#       what CommonMark says of full reference links, and what dailies with numbered sources write.
# So:   Briefbase reads runs of [n] by a pattern of its own before it asks for links.
# Source: CommonMark 0.31.2, section 6.3 (full reference links come before shortcut ones).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet markdown-it-py==4.3.0 mistune==3.4.0 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import re

import mistune
from markdown_it import MarkdownIt

text = "模型開源[1][2]。\n\n[1]: https://a.example\n[2]: https://b.example\n"
for name, render in (("markdown-it-py", MarkdownIt().render), ("mistune", mistune.html)):
    links = re.findall(r'<a href="([^"]+)">([^<]*)</a>', render(text))
    print(name, links)
    assert links == [("https://b.example", "1")], "adjacent citations are two links now"
PY
