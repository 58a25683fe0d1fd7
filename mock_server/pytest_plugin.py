"""The pytest plugin: a test that takes the argument `chatkit_mock` gets an emulator.

No other part of the emulator is imported until a test uses it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from mock_server.testing import ChatKitMock
    from mock_server.testing.clients import Mock

_OF_A_TEST = {"now", "strict"}  # marker arguments for the test; all others configure the emulator
_SHOWN_REQUESTS = 20
_MOCKS = pytest.StashKey[list["Mock"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options and ini settings."""
    group = parser.getgroup("chatkit-mock", "the ChatKit emulator")
    group.addoption(
        "--chatkit-mock-url",
        metavar="URL",
        help="Use the emulator that is running at this URL instead of starting one.",
    )
    group.addoption(
        "--chatkit-mock-port", type=int, metavar="PORT", help="The port of the emulator; any free port by default."
    )
    group.addoption(
        "--chatkit-mock-strict",
        action="store_true",
        default=None,
        help="Fail tests whose requests would cause problems with the real API.",
    )
    parser.addini("chatkit_mock_url", "The URL of a running emulator to use instead of starting one.")
    parser.addini("chatkit_mock_port", "The port of the emulator; any free port by default.")
    parser.addini(
        "chatkit_mock_strict", "Fail tests whose requests would cause problems with the real API.", type="bool"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker. Raises UsageError for a fixed port that several xdist workers would share."""
    config.addinivalue_line(
        "markers",
        "chatkit_mock(load=, workflows=, faults=, now=, seed=, strict=, **settings): configure this test's "
        "emulator; markers of the module, the class and the test are merged, and the closest one wins.",
    )
    if hasattr(config, "workerinput") and _option(config, "port"):
        raise pytest.UsageError(
            "--chatkit-mock-port sets a single port, but each xdist worker runs its own emulator; leave the option out"
        )


@pytest.fixture(scope="session")
def chatkit_mock_config() -> dict[str, Any]:
    """Return the arguments of the session's `mock_server.testing.ChatKitMock`. Override this fixture to change them."""
    return {}


@pytest.fixture(scope="session")
def make_chatkit_mock() -> Iterator[Callable[..., "ChatKitMock"]]:
    """Return a function that starts another emulator, with the arguments of `ChatKitMock`, until the session ends."""
    from mock_server.testing import ChatKitMock  # noqa: PLC0415 - only imported if used

    with ExitStack() as started:
        yield lambda **config: started.enter_context(ChatKitMock(**config))


@pytest.fixture(scope="session")
def chatkit_mock_server(chatkit_mock_config: dict[str, Any], pytestconfig: pytest.Config) -> Iterator["Mock"]:
    """Return the session's emulator, on 127.0.0.1 in a thread of this process: one per xdist worker.

    With `--chatkit-mock-url` it is a project of the emulator there instead, again one per worker.
    """
    from mock_server.testing import ChatKitMock  # noqa: PLC0415 - only imported if used

    url = _option(pytestconfig, "url")
    if url:
        from mock_server.testing.mock import RemoteMock  # noqa: PLC0415 - see above

        yield RemoteMock(url, project=f"pytest-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
        return
    with ChatKitMock(**{"port": int(_option(pytestconfig, "port") or 0), **chatkit_mock_config}) as mock:
        yield mock


@pytest.fixture
def chatkit_mock(request: pytest.FixtureRequest) -> Iterator["Mock"]:
    """Return an emulator that was reset for this test.

    At the end, an error in the emulator itself is raised; with `strict`, the test also fails if its requests would
    cause problems with the real API.
    """
    yield from _for_one_test(request, "chatkit_mock_server")


def _for_one_test(request: pytest.FixtureRequest, shared: str, **fixed: Any) -> Iterator["Mock"]:
    """Return the shared emulator after a reset, or a separate one if a marker configures the emulator."""
    wanted = _marked(request.node)
    of_server = {name: value for name, value in wanted.items() if name not in _OF_A_TEST}
    with ExitStack() as started:
        if of_server:
            from mock_server.testing import ChatKitMock  # noqa: PLC0415 - see above

            config = request.getfixturevalue("chatkit_mock_config")
            mock = started.enter_context(ChatKitMock(**{**config, **of_server, **fixed}))
        else:
            mock = request.getfixturevalue(shared)
            mock.start_anew()
            started.callback(getattr(mock.clock, "let_go", mock.clock.resume))
        if "now" in wanted:
            mock.clock.freeze(wanted["now"])
        request.node.stash.setdefault(_MOCKS, []).append(mock)
        yield mock
        mock.raise_failures()
        mock.raise_unmet()
        if wanted.get("strict", _option(request.config, "strict")):
            _refuse_findings(mock)


@pytest.fixture(scope="session")
def _chatkit_mock_apart(chatkit_mock_config: dict[str, Any]) -> Iterator["ChatKitMock"]:
    from mock_server.testing import ChatKitMock  # noqa: PLC0415 - only imported if used

    with ChatKitMock(**{**chatkit_mock_config, "socket": False}) as mock:
        yield mock


@pytest.fixture
def chatkit_mock_app(request: pytest.FixtureRequest) -> Iterator["Mock"]:
    """Return the same as `chatkit_mock`, without a socket: use its `openai()`, `async_openai()` or `http_client()`."""
    yield from _for_one_test(request, "_chatkit_mock_apart", socket=False)


@pytest.fixture
def chatkit_mock_env(chatkit_mock: "Mock", monkeypatch: pytest.MonkeyPatch) -> "Mock":
    """Return the same as `chatkit_mock`, with environment variables set through which SDKs and apps find it."""
    for name, value in chatkit_mock.environment().items():
        monkeypatch.setenv(name, value)
    return chatkit_mock


@pytest.fixture(scope="session")
def chatkit_mock_browser() -> Iterator["Browser"]:
    """Return Chromium for `chatkit_mock_page`, if pytest-playwright is not installed. Override it to use another."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional dependency
    except ImportError:
        raise pytest.UsageError(
            "chatkit_mock_page needs Playwright: pip install pytest-playwright, then playwright install chromium"
        ) from None
    with sync_playwright() as playwright, playwright.chromium.launch() as browser:
        yield browser


@pytest.fixture
def chatkit_mock_page(request: pytest.FixtureRequest, chatkit_mock: "Mock") -> Iterator["Page"]:
    """Return a Playwright page in which `<openai-chatkit>` comes from the emulator, though the app names the CDN.

    With pytest-playwright it is that plugin's `page`, with all of its settings.
    """
    from mock_server.testing.browser import route_chatkit  # noqa: PLC0415 - only imported if used

    address = chatkit_mock.base_url.removesuffix("/v1")
    if request.config.pluginmanager.hasplugin("playwright"):
        page: Page = request.getfixturevalue("page")
        route_chatkit(page.context, address)
        yield page
        return
    with request.getfixturevalue("chatkit_mock_browser").new_context() as context:
        route_chatkit(context, address)
        yield context.new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add the journal to the report of a failed test."""
    report: pytest.TestReport = yield
    if report.when == "call" and report.failed:
        for mock in item.stash.get(_MOCKS, []):
            report.sections.append(("ChatKit emulator", _journal_of(mock)))
    return report


def _option(config: pytest.Config, name: str) -> Any:
    """Return an option from the command line, else from the environment, else from the ini file."""
    given = config.getoption(f"chatkit_mock_{name}")
    return given or os.environ.get(f"CHATKIT_MOCK_{name.upper()}") or config.getini(f"chatkit_mock_{name}")


def _marked(node: pytest.Item) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for marker in node.iter_markers("chatkit_mock"):  # the closest first
        if marker.args:
            raise pytest.UsageError(
                f"{node.nodeid}: the marker chatkit_mock takes only keyword arguments, such as now=..."
            )
        merged = {**marker.kwargs, **merged}
    return merged


def _refuse_findings(mock: "Mock") -> None:
    found = mock.findings()
    if found:
        told = [f"{each.code}: {each.message} {each.way_out}" for each in found]
        pytest.fail("these requests would cause problems with the real API:\n" + "\n".join(told), pytrace=False)


def _journal_of(mock: "Mock") -> str:
    records = mock.journal.requests()
    lines = [
        f"{record.operation or f'{record.method} {record.path}'} -> {record.status or record.outcome}"
        f"{f' ({record.fault})' if record.fault else ''}  {record.id}"
        for record in records[-_SHOWN_REQUESTS:]
    ]
    left_out = len(records) - len(lines)
    return (
        "\n".join([f"... {left_out} earlier requests", *lines] if left_out else lines) or "No requests were received."
    )
