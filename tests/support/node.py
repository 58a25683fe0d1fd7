"""What the tests of this folder need, and how their emulator begins."""

import shutil

import pytest

NPM, NODE = shutil.which("npm"), shutil.which("node")
NEEDS = [
    pytest.mark.browser,
    pytest.mark.node,
    pytest.mark.slow,
    pytest.mark.skipif(not (NPM and NODE), reason="node and npm are not installed here"),
]

HOSTED = pytest.param("hosted")
CUSTOM = pytest.param("custom", marks=pytest.mark.chatkit_mock(custom_mode=True, custom_workflow="wf_1"))
only_hosted = pytest.mark.parametrize("mode", [HOSTED], indirect=True)
only_custom = pytest.mark.parametrize("mode", [CUSTOM], indirect=True)
