"""What axe-core has against a page."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Frame, Page

_SERIOUS = {"serious", "critical"}


def violations(page: Page | Frame, *, least: set[str] | None = _SERIOUS, rules: list[str] | None = None) -> list[str]:
    """Return each element that breaks a rule of these impacts (None: any), with the rule and axe's explanation.

    rules: tags or names of rules to run, all by default. The script is put into a document once: it takes 0.3 s.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    only = {"runOnly": rules} if rules else {}
    found: dict[str, Any] = page.evaluate("(options) => axe.run(options)", {"resultTypes": ["violations"], **only})
    assert found["passes"], "axe found nothing to check"
    return [
        f"{rule['id']}: {node['html'][:160]} {node['any'][:1] and node['any'][0]['message']}"
        for rule in found["violations"]
        if least is None or rule["impact"] in least
        for node in rule["nodes"]
    ]
