"""The manual's example for Playwright in TypeScript, run as it stands against the app."""

import json
import os
import subprocess
from pathlib import Path

from support.browsers import executable, flags
from support.manual import examples, page
from support.node import NEEDS, NODE
from support.shop import Shop

from mock_server.server.thread import ServerThread
from mock_server.testing.clients import Mock

pytestmark = NEEDS

CONFIG = "export default {{ testDir: {folder}, use: {{ launchOptions: {launch} }} }};"


def test_serves_the_recipe(installed: Path, shop: Shop, chatkit_mock: Mock) -> None:
    (recipe,) = examples(page("frontend"), "playwright", "ts")
    folder = installed / "recipe"
    folder.mkdir()
    launch = {"args": flags(), **({"executablePath": executable()} if executable() else {})}
    (installed / "playwright.config.mjs").write_text(
        CONFIG.format(folder=json.dumps(str(folder)), launch=json.dumps(launch))
    )
    with ServerThread(shop.app) as server:
        (folder / "app.spec.ts").write_text(recipe.replace("http://localhost:3000", server.origin))
        done = subprocess.run(
            [str(NODE), "node_modules/@playwright/test/cli.js", "test", "--reporter=line"],
            cwd=installed,
            env={**os.environ, "CHATKIT_MOCK_URL": chatkit_mock.url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    chatkit_mock.journal.assert_called("conversation.threads.create", times=1)
