"""A page's modules, joined into one script."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mock_server import dashboard, element
from mock_server.web.scripts import ScriptInvalid, Scripts

NODE = shutil.which("node")


def joined(folder: Path, entry: str = "/a/main.js", **files: str) -> str:
    """The script of an entry, with modules as given: underscores in their names stand for slashes."""
    for name, text in files.items():
        path = folder / f"{name.replace('_', '/')}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Scripts(entry, {"/a": folder}).text()


def output(folder: Path, script: str) -> str:
    """What node prints when it runs a module."""
    (folder / "joined.mjs").write_text(script)
    done = subprocess.run([str(NODE), "joined.mjs"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.node
@pytest.mark.skipif(not NODE, reason="node is not installed here")
def test_runs_as_the_modules_would(tmp_path: Path) -> None:
    script = joined(
        tmp_path,
        main='import { add, One as Uno } from "./parts/add.js";\n'
        'import {\n  say,\n  add as plus,\n} from "./parts/say.js";\nimport fs from "./vendor/fs.mjs";\n'
        "say(add(1, plus(2, 3)), new Uno().name, fs.kind, typeof hidden);\n",
        parts_add='console.log("add");\nconst hidden = 1;\nexport const add = (a, b) => a + b;\n'
        'export class One { name = "one"; }\nexport async function* never() {}\n',
        parts_say='import { add as own } from "./add.js";\nexport { add } from "./add.js";\nconst hidden = own(1, 1);\n'
        "export function say(...words) { console.log(...words, hidden, import.meta.url.slice(-12)); }\n",
    )
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "fs.mjs").write_text('export default { kind: "foreign" };\n')
    assert output(tmp_path, script) == "add\n6 one foreign undefined 2 parts/say.js\n"


def test_keeps_each_character_at_its_place(tmp_path: Path) -> None:
    text = 'import { a } from "./other.js";\n\nexport const here = a + import.meta.url;\n'
    script = joined(tmp_path, main=text, other="export const a = 1;\n")
    start = script.index("\n", script.index("=> {", script.index("// /a/main.js"))) + 1
    assert script[start : start + len(text)].splitlines()[2].index("here") == text.splitlines()[2].index("here")


def test_follows_a_change_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "main.js").write_text("console.log(1);\n")
    scripts = Scripts("/a/main.js", {"/a": tmp_path})
    assert "console.log(1)" in scripts.text()
    (tmp_path / "main.js").write_text("console.log(22);\n")
    assert "console.log(22)" in scripts.text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("export default 1;\n", "/a/main.js contains 'export default 1;', which can't be bundled"),
        ("export let count = 0;\n", "/a/main.js contains 'export let count = 0;', which can't be bundled"),
        ('import * as all from "./other.js";\n', "which can't be bundled"),
        ('import { a } from "./main.js";\n', "/a/main.js imports itself through another module"),
        ('import { a } from "/b/other.js";\n', "no folder contains /b/other.js"),
    ],
)
def test_says_what_cannot_be_joined(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ScriptInvalid, match=message.replace("*", r"\*")):
        joined(tmp_path, main=text)


def test_holds_every_module_of_the_pages() -> None:
    frame = Path(element.__file__).parent / "static"
    pages = Path(dashboard.__file__).parent / "static"
    folders = {"/deployments/chatkit": frame, "/_static": pages}
    chat = Scripts("/deployments/chatkit/frame/main.js", folders).text()
    for file in frame.joinpath("frame").rglob("*.js"):
        assert f"// /deployments/chatkit/{file.relative_to(frame).as_posix()}\n" in chat
    views = Scripts("/_static/dashboard/main.js", folders).text()
    for file in pages.joinpath("dashboard").rglob("*.js"):
        assert f"// /_static/{file.relative_to(pages).as_posix()}\n" in views
