"""The server of the official SDK over the tools, resources and prompts. Imported when needed."""

from collections.abc import Callable, Mapping
from typing import Any

import anyio
import orjson
from anyio import CapacityLimiter, to_thread
from mcp import MCPError, types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from app import __version__
from app.errors import AppError, Unavailable
from app.mcp import prompts, resources, tools
from app.mcp.citing import Asked
from app.mcp.tokens import ESTIMATE
from app.settings import Settings
from app.store.db import Database, OperationalError

MAX_READERS = 4
"""Calls that read at once."""
INSTRUCTIONS = (
    "Daily AI briefings, mostly in Traditional Chinese, with entities, sources and story threads. "
    "Scan with headlines, digest or trends; find with search; read the exact lines with get_item. "
    "Every entry has `cite`: id, permanent address, SHA-256 of the document and lines; "
    "/v1/documents/{sha256}#L{lines} shows them. Answers stay within max_tokens, estimated as "
    f"{ESTIMATE}; `cut` says what was left out, and `cursor` goes on. All tools only read."
)
_READ_ONLY = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_TOO_LONG = Unavailable("The question took too long; narrow it, or try again shortly.")


class AgentServer:
    """Handlers of the protocol over one database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.readers = CapacityLimiter(MAX_READERS)
        self.tools = [_tool(name, tool) for name, tool in tools.TOOLS.items()]

    def server(self) -> Server[Any]:
        """Return the server of the SDK."""
        server: Server[Any] = Server(
            "briefbase",
            title="Briefbase",
            version=__version__,
            instructions=INSTRUCTIONS,
            on_list_tools=self.list_tools,
            on_call_tool=self.call_tool,
            on_list_resources=self.list_resources,
            on_list_resource_templates=self.list_templates,
            on_read_resource=self.read_resource,
            on_list_prompts=self.list_prompts,
            on_get_prompt=self.get_prompt,
        )
        # Its spans go nowhere without an exporter.
        server.middleware.clear()
        return server

    async def list_tools(self, context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=self.tools)

    async def call_tool(
        self, context: Any, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """Answer a call; an error that the caller can correct is part of the answer."""
        values = params.arguments or {}
        try:
            body = await self._read(context, lambda asked: tools.call(asked, params.name, values))
        except AppError as error:
            text = types.TextContent(type="text", text=error.detail)
            return types.CallToolResult(content=[text], is_error=True)
        content = types.TextContent(type="text", text=body.decode())
        return types.CallToolResult(content=[content], structured_content=orjson.loads(body))

    async def list_resources(self, context: Any, params: Any) -> types.ListResourcesResult:
        listed = await self._read(context, resources.listed)
        entries = []
        for resource in listed:
            entries.append(
                types.Resource(
                    uri=resource.uri,
                    name=resource.name,
                    description=resource.description,
                    mime_type=resources.MEDIA,
                )
            )
        return types.ListResourcesResult(resources=entries)

    async def list_templates(self, context: Any, params: Any) -> types.ListResourceTemplatesResult:
        templates = []
        for template in resources.TEMPLATES:
            templates.append(
                types.ResourceTemplate(
                    uri_template=template.uri,
                    name=template.name,
                    description=template.description,
                    mime_type=resources.MEDIA,
                )
            )
        return types.ListResourceTemplatesResult(resource_templates=templates)

    async def read_resource(
        self, context: Any, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """Answer a resource. Raises MCPError for an unknown one."""
        uri = str(params.uri)
        try:
            body = await self._read(context, lambda asked: resources.read(asked, uri))
        except AppError as error:
            raise MCPError(code=types.INVALID_PARAMS, message=error.detail) from None
        content = types.TextResourceContents(uri=uri, mime_type=resources.MEDIA, text=body.decode())
        return types.ReadResourceResult(contents=[content])

    async def list_prompts(self, context: Any, params: Any) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[_prompt(name) for name in prompts.PROMPTS])

    async def get_prompt(
        self, context: Any, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        """Answer a prompt. Raises MCPError for an unknown one or an invalid argument."""
        try:
            text = prompts.written(params.name, dict(params.arguments or {}))
        except AppError as error:
            raise MCPError(code=types.INVALID_PARAMS, message=error.detail) from None
        message = types.PromptMessage(
            role="user", content=types.TextContent(type="text", text=text)
        )
        description = prompts.PROMPTS[params.name].description
        return types.GetPromptResult(description=description, messages=[message])

    async def _read(self, context: Any, question: Callable[[Asked], Any]) -> Any:
        """Return what a question returns, in a thread. Raises AppError."""
        home = self._home(context)

        def ask() -> Any:
            with self.database.read() as session:
                return question(Asked(session, home, self.settings.channel))

        try:
            return await to_thread.run_sync(ask, limiter=self.readers)
        except OperationalError:
            raise _TOO_LONG from None

    def _home(self, context: Any) -> str:
        request = context.request
        if request is None:
            return self.settings.home(f"http://{self.settings.host}:{self.settings.port}")
        return self.settings.home(str(request.base_url))


def _tool(name: str, tool: tools.ToolSpec) -> types.Tool:
    return types.Tool(
        name=name,
        title=tool.title,
        description=tool.description,
        input_schema=tools.input_schema(tool.arguments),
        output_schema=tools.output_schema(tool.answer),
        annotations=_READ_ONLY,
    )


def _prompt(name: str) -> types.Prompt:
    prompt = prompts.PROMPTS[name]
    arguments = []
    for argument, description in prompt.arguments.items():
        arguments.append(
            types.PromptArgument(
                name=argument, description=description, required=argument in prompt.required
            )
        )
    return types.Prompt(
        name=name, title=prompt.title, description=prompt.description, arguments=arguments
    )


def session_manager(
    settings: Settings, database: Database, hosts: Mapping[str, list[str]]
) -> StreamableHTTPSessionManager:
    """Return the HTTP side: stateless, so that every worker answers every call."""
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=hosts["hosts"],
        allowed_origins=hosts["origins"],
    )
    return StreamableHTTPSessionManager(
        AgentServer(settings, database).server(),
        json_response=True,
        stateless=True,
        security_settings=security,
    )


def serve_stdio(settings: Settings, database: Database) -> None:
    """Serve one client over standard input and output until it goes."""

    async def serve() -> None:
        server = AgentServer(settings, database).server()
        async with stdio_server() as (reader, writer):
            await server.run(reader, writer, server.create_initialization_options())

    anyio.run(serve)
