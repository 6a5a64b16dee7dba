#!/usr/bin/env bash
# Packages: newsboat 2.21-1.5 and sfeed 1.7-1 of Debian 12, feedparser 6.0.14; Python 3.11.
# Expected: an Atom entry with an HTML page and a JSON form as rel="alternate" opens as the page:
#           RFC 4287 allows alternates of different types, and the page comes first.
# Seen: newsboat stores the last alternate, whatever its type, so that its readers open the JSON;
#       sfeed and feedparser take the first.
# So:   an entry of Briefbase has one alternate; its JSON is rel="related".
# Source: RFC 4287, section 4.1.2 (alternates may differ in type); newsboat's rss/atomparser.cpp.
# Needs the programs newsboat and sfeed: apt-get install newsboat sfeed.
set -euo pipefail
folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cat >"$folder/feed.atom" <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:a.example,2026:f</id><title>F</title>
<updated>2026-01-02T06:00:00Z</updated><author><name>A</name></author>
<entry><id>tag:a.example,2026:1</id><title>T</title><updated>2026-01-02T06:00:00Z</updated>
<link rel="alternate" type="text/html" href="https://a.example/page"/>
<link rel="alternate" type="application/json" href="https://a.example/json"/>
<summary>S</summary></entry></feed>
XML
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet feedparser==6.0.14 2>/dev/null
"$folder/venv/bin/python" -u -m http.server --bind 127.0.0.1 --directory "$folder" 0 \
  >"$folder/log" 2>&1 &
server=$!
port=""
while [ -z "$port" ]; do
  sleep 0.1
  port=$(sed -nE 's/.* port ([0-9]+) .*/\1/p' "$folder/log")
done
echo "http://127.0.0.1:$port/feed.atom" >"$folder/urls"
touch "$folder/config"
HOME="$folder" newsboat -u "$folder/urls" -c "$folder/cache.db" -C "$folder/config" -x reload
sfeed <"$folder/feed.atom" | cut -f 3 >"$folder/sfeed"
"$folder/venv/bin/python" - "$folder" <<'PY'
import pathlib
import sqlite3
import sys

import feedparser

folder = pathlib.Path(sys.argv[1])
((stored,),) = sqlite3.connect(folder / "cache.db").execute("SELECT url FROM rss_item")
first = (folder / "sfeed").read_text().strip()
parsed = feedparser.parse((folder / "feed.atom").read_bytes()).entries[0].link
print("newsboat", stored, "sfeed", first, "feedparser", parsed)
assert stored == "https://a.example/json", "newsboat takes the first alternate now"
assert first == parsed == "https://a.example/page"
PY
