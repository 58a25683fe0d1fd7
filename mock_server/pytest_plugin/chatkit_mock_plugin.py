"""The pytest plugin: a test that takes the argument `chatkit_mock` gets an emulator.

No other part of the emulator is imported until a test uses it. The module stands at the top level, since a project may
well have a `mock_server` of its own, and must then be able to run its other tests.
"""

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from mock_server.testing import ChatKitMock
    from mock_server.testing.clients import Mock

_HOMES = (Path(__file__).parent / "mock_server", Path(__file__).parents[1])  # when installed, and in a checkout
_OF_A_TEST = ("now", "strict")  # marker arguments for the test; all others configure the emulator
_SHOWN_REQUESTS = 20
_ON, _OFF = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
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
    """Register the marker. Raises UsageError for an option that can't be used."""
    config.addinivalue_line(
        "markers",
        "chatkit_mock(load=, workflows=, faults=, now=, seed=, strict=, **settings): configure this test's "
        "emulator; markers of the module, the class and the test are merged, and the closest one wins.",
    )
    port = str(_option(config, "port") or 0)
    if not (port.isdecimal() and int(port) <= 65535):
        raise pytest.UsageError(f"chatkit_mock_port: {port!r} is not a port; give a number from 1 to 65535")
    try:
        _is_on(_option(config, "strict"))
    except ValueError as error:
        raise pytest.UsageError(f"chatkit_mock_{error}") from None
    if int(port) and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError(
            "chatkit_mock_port sets a single port, but each xdist worker runs its own emulator; leave it out"
        )


@pytest.fixture(scope="session")
def chatkit_mock_config() -> dict[str, Any]:
    """Return the arguments of the session's `mock_server.testing.ChatKitMock`. Override this fixture to change them."""
    return {}


@pytest.fixture(scope="session")
def make_chatkit_mock() -> Iterator[Callable[..., "ChatKitMock"]]:
    """Return a function that starts another emulator, with the arguments of `ChatKitMock`, until the session ends."""
    start = _ours("testing").ChatKitMock
    with ExitStack() as started:
        yield lambda **config: started.enter_context(start(**config))


@pytest.fixture(scope="session")
def chatkit_mock_server(chatkit_mock_config: dict[str, Any], pytestconfig: pytest.Config) -> Iterator["Mock"]:
    """Return the session's emulator, on 127.0.0.1 in a thread of this process: one per xdist worker.

    With `--chatkit-mock-url` it is a project of the emulator there instead, again one per worker.
    """
    url = _option(pytestconfig, "url")
    if url:
        project = f"pytest-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        yield _say(lambda: _ours("testing.mock").RemoteMock(url, project=project))
        return
    with ExitStack() as started:
        port = int(_option(pytestconfig, "port") or 0)
        yield _started(started, "chatkit_mock can't start", {"port": port, **chatkit_mock_config})


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
    strict = wanted.get("strict", _option(request.config, "strict"))
    is_strict: bool = _say(lambda: _is_on(strict), where=f"{_marker_of(request.node)}: ")
    of_server = {name: value for name, value in wanted.items() if name not in _OF_A_TEST}
    with ExitStack() as started:
        if of_server:
            config = request.getfixturevalue("chatkit_mock_config")
            mock = _started(started, _marker_of(request.node), {**config, **of_server, **fixed})
        else:
            mock = request.getfixturevalue(shared)
            _say(mock.start_anew)
            started.callback(_say, mock.let_go)
        if "now" in wanted:
            _say(lambda: mock.clock.freeze(wanted["now"]), where=f"{_marker_of(request.node)}: ")
        request.node.stash.setdefault(_MOCKS, []).append(mock)
        yield mock
        mock.raise_failures()
        _say(mock.raise_unmet)
        if is_strict:
            _refuse_findings(mock)


def _started(stack: ExitStack, where: str, options: dict[str, Any]) -> "ChatKitMock":
    """Start an emulator until the stack ends. Fails the test in one sentence, with `where`, if it can't start."""
    start = _ours("testing").ChatKitMock
    refusals = (TypeError, ValueError, OSError, RuntimeError, _ours("errors").MockServerError)
    try:
        mock: ChatKitMock = stack.enter_context(start(**options))
    except refusals as error:
        way_out = "; chatkit_mock_app needs no socket" if isinstance(error, RuntimeError) else ""  # pytest-socket's
        raise pytest.fail.Exception(f"{where}: {error}{way_out}", pytrace=False) from None
    return mock


def _say(do: Callable[[], Any], *, where: str = "") -> Any:
    """Fail the test in one sentence, without a trace through our own code, if what it asks for can't be."""
    refusals = (AssertionError, TypeError, ValueError, _ours("client.transport").ControlError)
    try:
        return do()
    except refusals as error:
        raise pytest.fail.Exception(f"{where}{error}", pytrace=False) from None


@pytest.fixture(scope="session")
def _chatkit_mock_apart(chatkit_mock_config: dict[str, Any]) -> Iterator["Mock"]:
    with ExitStack() as started:
        yield _started(started, "chatkit_mock can't start", {**chatkit_mock_config, "socket": False})


@pytest.fixture
def chatkit_mock_app(request: pytest.FixtureRequest) -> Iterator["Mock"]:
    """Return the same as `chatkit_mock`, without a socket: use its `openai()`, `async_openai()` or `http_client()`."""
    yield from _for_one_test(request, "_chatkit_mock_apart", socket=False)


@pytest.fixture
def chatkit_mock_env(chatkit_mock: "Mock", monkeypatch: pytest.MonkeyPatch) -> "Mock":
    """Return the same as `chatkit_mock`, with environment variables set through which SDKs and apps find it."""
    for name, value in chatkit_mock.environment().items():
        monkeypatch.setenv(name, value)
    for name in _ours("config").ACCOUNT_VARIABLES:
        monkeypatch.delenv(name, raising=False)
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
    route_chatkit = _ours("testing.browser").route_chatkit
    address = chatkit_mock.base_url.removesuffix("/v1")
    if request.config.pluginmanager.hasplugin("playwright"):
        page: Page = request.getfixturevalue("page")
        route_chatkit(page.context, address)
        yield page
        return
    with request.getfixturevalue("chatkit_mock_browser").new_context() as context:
        route_chatkit(context, address)
        yield context.new_page()


@pytest.hookimpl(hookwrapper=True)  # the old form, for old versions of pluggy
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add the journal to the report of a failed test."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()
    if report.when == "call" and report.failed:
        for mock in item.stash.get(_MOCKS, []):
            report.sections.append(("ChatKit emulator", _journal_of(mock)))


def _ours(module: str) -> Any:
    """Import a module of the emulator. Fails the test if another `mock_server` is found first."""
    try:
        spec = importlib.util.find_spec("mock_server")
    except ValueError:  # some object that a test has put in its place
        spec = None
    found = Path(spec.origin) if spec and spec.origin else None
    if found is None or found.parent not in _HOMES:
        pytest.fail(
            f"chatkit_mock needs the package mock_server of chatkit-mock-server, but {found or 'something else'} hides "
            "it; rename that one, or keep its folder out of sys.path: run 'pytest --import-mode=importlib'",
            pytrace=False,
        )
    return importlib.import_module(f"mock_server.{module}")


def _option(config: pytest.Config, name: str) -> Any:
    """Return an option from the command line, else from the environment, else from the ini file."""
    given = config.getoption(f"chatkit_mock_{name}") or os.environ.get(f"CHATKIT_MOCK_{name.upper()}")
    try:
        return given or config.getini(f"chatkit_mock_{name}")
    except ValueError as error:
        raise pytest.UsageError(f"chatkit_mock_{name}: {error}") from None


def _is_on(given: object) -> bool:
    """Return whether a switch is on. Raises ValueError for what is neither on nor off."""
    word = str(given or "").lower()
    if word not in {*_ON, *_OFF}:
        raise ValueError(f"strict: {given!r} is neither on nor off; write 1 or 0")
    return word in _ON


def _marked(node: pytest.Item) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for marker in node.iter_markers("chatkit_mock"):  # the closest first
        if marker.args:
            pytest.fail(f"{_marker_of(node)} takes only keyword arguments, such as now=...", pytrace=False)
        merged = {**marker.kwargs, **merged}
    if merged:
        try:
            _ours("wording").refuse_unknown(merged, _ours("testing.options").MARKER)
        except TypeError as error:
            raise pytest.fail.Exception(f"{_marker_of(node)}: {error}", pytrace=False) from None
    return merged


def _marker_of(node: pytest.Item) -> str:
    return f"{node.nodeid}: the marker chatkit_mock"


def _refuse_findings(mock: "Mock") -> None:
    found = mock.findings()
    if found:
        told = [f"{each.code}: {each.message} {each.way_out}" for each in found]
        pytest.fail("these requests would cause problems with the real API:\n" + "\n".join(told), pytrace=False)


def _journal_of(mock: "Mock") -> str:
    try:
        records = mock.journal.requests()
    except Exception as error:  # noqa: BLE001 - the test's own failure is what matters
        return f"The journal can't be read: {error}"
    lines = [
        f"{record.operation or f'{record.method} {record.path}'} -> {record.status or record.outcome}"
        f"{f' ({record.fault})' if record.fault else ''}  {record.id}"
        for record in records[-_SHOWN_REQUESTS:]
    ]
    left_out = len(records) - len(lines)
    return (
        "\n".join([f"... {left_out} earlier requests", *lines] if left_out else lines) or "No requests were received."
    )
