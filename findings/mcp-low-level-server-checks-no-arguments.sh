#!/usr/bin/env bash
# Package: mcp 2.3.0 (official SDK of the Model Context Protocol); Python 3.11.
# Expected: the low-level server refuses a call that the tool's own inputSchema forbids, as 1.x did
#           with jsonschema; the high-level server refuses an argument that no parameter has.
# Seen: both hand the call to the tool. The low-level one passes a text where the schema has an
#       integer; the high-level one drops the unknown argument, so a misspelled filter answers
#       everything, without an error.
# So:   Briefbase checks arguments itself and names the nearest valid ones.
# Source: mcp/server/lowlevel/server.py (on_call_tool), mcp/server/mcpserver/utilities/func_metadata.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet mcp==2.3.0 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import asyncio

from mcp import Client, types
from mcp.server import MCPServer
from mcp.server.lowlevel import Server

SCHEMA = {
    "type": "object",
    "properties": {"limit": {"type": "integer"}},
    "additionalProperties": False,
}


async def list_tools(context, params):
    return types.ListToolsResult(tools=[types.Tool(name="items", input_schema=SCHEMA)])


async def call_tool(context, params):
    text = types.TextContent(type="text", text=repr(params.arguments))
    return types.CallToolResult(content=[text])


high = MCPServer("high")


@high.tool()
def items(limit: int = 20) -> str:
    return f"limit={limit}"


async def main():
    seen = {}
    low = Server("low", on_list_tools=list_tools, on_call_tool=call_tool)
    for name, server, arguments in (
        ("low-level", low, {"limit": "many"}),
        ("high-level", high, {"limt": 3}),
    ):
        async with Client(server) as client:
            result = await client.call_tool("items", arguments)
            seen[name] = (result.is_error, result.content[0].text)
            print(name, arguments, "->", *seen[name])
    assert seen == {
        "low-level": (False, "{'limit': 'many'}"),
        "high-level": (False, "limit=20"),
    }, "arguments are checked now"


asyncio.run(main())
PY
