"""The pytest plugin `chatkit_mock`: one argument, and a test has an emulator.

It imports nothing of the emulator before a test asks for it.
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

_OF_A_TEST = {"now", "strict"}  # what a marker says about the test; all else is about the server
_SHOWN_REQUESTS = 20
_MOCKS = pytest.StashKey[list["Mock"]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and the ini values."""
    group = parser.getgroup("chatkit-mock", "the ChatKit emulator")
    group.addoption("--chatkit-mock-url", metavar="URL", help="An emulator that runs already, instead of one of ours.")
    group.addoption(
        "--chatkit-mock-port", type=int, metavar="PORT", help="The emulator's port; by default any free one."
    )
    group.addoption(
        "--chatkit-mock-strict",
        action="store_true",
        default=None,
        help="Fail tests whose requests would hurt against the real API.",
    )
    parser.addini("chatkit_mock_url", "An emulator that runs already.")
    parser.addini("chatkit_mock_port", "The emulator's port.")
    parser.addini("chatkit_mock_strict", "Fail tests whose requests would hurt against the real API.", type="bool")


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker; refuse a fixed port where several workers would want it."""
    config.addinivalue_line(
        "markers",
        "chatkit_mock(load=, workflows=, faults=, now=, seed=, strict=, **settings): how this test's emulator begins; "
        "markers of the module and the class are merged, the closest wins.",
    )
    if hasattr(config, "workerinput") and _option(config, "port"):
        raise pytest.UsageError(
            "--chatkit-mock-port names one port, but each worker of xdist has an emulator of its own; leave it out"
        )


@pytest.fixture(scope="session")
def chatkit_mock_config() -> dict[str, Any]:
    """What the session's emulator is made of: the arguments of `mock_server.testing.ChatKitMock`. To be overridden."""
    return {}


@pytest.fixture(scope="session")
def make_chatkit_mock() -> Iterator[Callable[..., "ChatKitMock"]]:
    """Starts further emulators, with the arguments of `ChatKitMock`; they stop at the end of the session."""
    from mock_server.testing import ChatKitMock  # noqa: PLC0415 - a run that needs none shall not pay for one

    with ExitStack() as started:
        yield lambda **config: started.enter_context(ChatKitMock(**config))


@pytest.fixture(scope="session")
def chatkit_mock_server(chatkit_mock_config: dict[str, Any], pytestconfig: pytest.Config) -> Iterator["Mock"]:
    """The session's emulator, on 127.0.0.1, in a thread of this process: one for each worker of xdist.

    With `--chatkit-mock-url` it is a project of the one there, again one for each worker.
    """
    from mock_server.testing import ChatKitMock  # noqa: PLC0415 - a run that needs none shall not pay for one

    url = _option(pytestconfig, "url")
    if url:
        from mock_server.testing.mock import RemoteMock  # noqa: PLC0415 - see above

        yield RemoteMock(url, project=f"pytest-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
        return
    with ChatKitMock(**{"port": int(_option(pytestconfig, "port") or 0), **chatkit_mock_config}) as mock:
        yield mock


@pytest.fixture
def chatkit_mock(request: pytest.FixtureRequest) -> Iterator["Mock"]:
    """An emulator that begins anew for this test.

    A failure of the emulator itself is raised at the end; with `strict`, so is what would hurt against the real API.
    """
    yield from _for_one_test(request, "chatkit_mock_server")


def _for_one_test(request: pytest.FixtureRequest, shared: str, **fixed: Any) -> Iterator["Mock"]:
    """The shared emulator, begun anew; one of its own where a marker wants another server."""
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
    from mock_server.testing import ChatKitMock  # noqa: PLC0415 - a run that needs none shall not pay for one

    with ChatKitMock(**{**chatkit_mock_config, "socket": False}) as mock:
        yield mock


@pytest.fixture
def chatkit_mock_app(request: pytest.FixtureRequest) -> Iterator["Mock"]:
    """The same as `chatkit_mock` without a socket: `openai()`, `async_openai()` and `http_client()` reach it."""
    yield from _for_one_test(request, "_chatkit_mock_apart", socket=False)


@pytest.fixture
def chatkit_mock_env(chatkit_mock: "Mock", monkeypatch: pytest.MonkeyPatch) -> "Mock":
    """The same, found by SDKs and apps in the environment."""
    for name, value in chatkit_mock.environment().items():
        monkeypatch.setenv(name, value)
    return chatkit_mock


@pytest.fixture(scope="session")
def chatkit_mock_browser() -> Iterator["Browser"]:
    """The browser of `chatkit_mock_page` where pytest-playwright is not installed: Chromium. To be overridden."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it is the user's
    except ImportError:
        raise pytest.UsageError(
            "chatkit_mock_page needs Playwright: pip install pytest-playwright, then playwright install chromium"
        ) from None
    with sync_playwright() as playwright, playwright.chromium.launch() as browser:
        yield browser


@pytest.fixture
def chatkit_mock_page(request: pytest.FixtureRequest, chatkit_mock: "Mock") -> Iterator["Page"]:
    """A page of Playwright's in which `<openai-chatkit>` is the emulator's, though the app loads it from the CDN.

    With pytest-playwright it is that plugin's `page`, with all that is set for it.
    """
    from mock_server.testing.browser import route_chatkit  # noqa: PLC0415 - a run that needs none shall not pay

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
    """Show the journal with a failed test."""
    report: pytest.TestReport = yield
    if report.when == "call" and report.failed:
        for mock in item.stash.get(_MOCKS, []):
            report.sections.append(("ChatKit emulator", _journal_of(mock)))
    return report


def _option(config: pytest.Config, name: str) -> Any:
    """The command line, then the environment, then the ini file."""
    given = config.getoption(f"chatkit_mock_{name}")
    return given or os.environ.get(f"CHATKIT_MOCK_{name.upper()}") or config.getini(f"chatkit_mock_{name}")


def _marked(node: pytest.Item) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for marker in node.iter_markers("chatkit_mock"):  # the closest first
        if marker.args:
            raise pytest.UsageError(f"{node.nodeid}: the marker chatkit_mock takes names only, such as now=...")
        merged = {**marker.kwargs, **merged}
    return merged


def _refuse_findings(mock: "Mock") -> None:
    found = mock.findings()
    if found:
        told = [f"{each.code}: {each.message} {each.way_out}" for each in found]
        pytest.fail("this would hurt against the real API:\n" + "\n".join(told), pytrace=False)


def _journal_of(mock: "Mock") -> str:
    records = mock.journal.requests()
    lines = [
        f"{record.operation or f'{record.method} {record.path}'} -> {record.status or record.outcome}"
        f"{f' ({record.fault})' if record.fault else ''}  {record.id}"
        for record in records[-_SHOWN_REQUESTS:]
    ]
    left_out = len(records) - len(lines)
    return "\n".join([f"... {left_out} earlier requests", *lines] if left_out else lines) or "No request came."
