"""A browser takes the emulator for the real server's name."""

import pytest
from support.browsers import Launch
from support.emulator import make_app

from mock_server.clock import world_time
from mock_server.server.thread import ServerThread
from mock_server.server.tls import made_certificate

pytestmark = pytest.mark.browser


def test_a_browser_finds_it_at_the_name_of_the_real_one(launch: Launch) -> None:
    certificate = made_certificate(now=world_time())
    with ServerThread(make_app(), tls=certificate.context) as server:
        place = server.origin.removeprefix("https://")
        rules = f"--host-resolver-rules=MAP cdn.platform.openai.com {place}"
        with launch(rules, "--ignore-certificate-errors") as browser:
            page = browser.new_page()
            answer = page.goto("https://cdn.platform.openai.com/health")
            assert answer
            assert (answer.status, answer.url) == (200, "https://cdn.platform.openai.com/health")
            assert page.evaluate("isSecureContext")
            assert page.evaluate("fetch('/health').then(answer => answer.status)") == 200
