"""Bundles a page's ES modules into one script, so that a browser loads one file instead of many."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

_FROM = re.compile(r'^(import|export) \{([^}]*)\} from "([^"]+)";|^import (\w+) from "([^"]+)";', re.MULTILINE)
_DECLARED = re.compile(r"^export (?=(?:(?:async )?function\*?|class|const) ([\w$]+))", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
_OWN_URL = "import.meta.url"


class ScriptInvalid(ValueError):
    """A module that can't be bundled."""


class Scripts:
    """An entry module bundled with everything that it imports, served in the entry's place.

    Every module becomes a function that returns its exports, in the order in which the browser would have run them.
    Within a module every character keeps its position, so that positions in a browser's messages can be looked up.
    Modules below `vendor/` stay imports. Import cycles, default exports and exported variables are not supported.
    """

    def __init__(self, entry: str, folders: Mapping[str, Path], *, headers: Mapping[str, str] | None = None) -> None:
        """Bundle `entry`, a path such as `/_static/main.js`; `folders` maps served paths to the folders behind them."""
        self._entry, self._folders = entry, dict(folders)
        self._headers = {"cache-control": "no-cache", "x-content-type-options": "nosniff", **(headers or {})}
        self._files: dict[Path, int] = {}  # with the time of their last change, in nanoseconds
        self._text = ""

    def response(self, _: Request) -> Response:
        """Return the bundle as a response, which a browser revalidates each time."""
        return Response(self.text(), media_type="text/javascript", headers=self._headers)

    def text(self) -> str:
        """Return the bundle, which is rebuilt when a file has changed. Raises ScriptInvalid."""
        if not self._files or any(path.stat().st_mtime_ns != changed for path, changed in self._files.items()):
            modules = list(self._order(self._entry, {}))
            self._files = {module.file: module.file.stat().st_mtime_ns for module in modules}
            self._text = "".join(self._joined(modules))
        return self._text

    def _order(self, url: str, seen: dict[str, bool]) -> Iterator["_Module"]:
        """Yield the modules, each after those that it imports."""
        if seen.get(url):
            return
        if url in seen:
            raise ScriptInvalid(f"{url} imports itself through another module")
        seen[url] = False
        module = _read(url, self._file(url))
        for imported in module.imports:
            if not _is_foreign(imported.url):
                yield from self._order(imported.url, seen)
        seen[url] = True
        yield module

    def _file(self, url: str) -> Path:
        for prefix, folder in self._folders.items():
            if url.startswith(f"{prefix}/"):
                return folder / url.removeprefix(f"{prefix}/")
        raise ScriptInvalid(f"no folder contains {url}")

    def _joined(self, modules: list["_Module"]) -> Iterator[str]:
        foreign = sorted({each.url for module in modules for each in module.imports if _is_foreign(each.url)})
        names = {url: f"$m{place}" for place, url in enumerate([*foreign, *(module.url for module in modules)])}
        here = posixpath.dirname(self._entry)
        for url in foreign:
            yield f'import * as {names[url]} from "./{posixpath.relpath(url, here)}";\n'
        for module in modules:
            address = f'new URL("{posixpath.relpath(module.url, here)}", {_OWN_URL}).href'
            taken = "".join(
                f" const {{ {_destructured(each.names)} }} = {names[each.url]};"
                for each in module.imports
                if not each.passed_on
            )
            given = [*module.exports, *_passed_on(module, names)]
            yield f"// {module.url}\nconst {names[module.url]} = (($url) => {{{taken}\n{module.text}\n"
            yield f"return {{ {', '.join(given)} }};\n}})({address});\n"


class _Import(NamedTuple):
    names: str  # the text between the braces
    url: str
    passed_on: bool  # an export from another module


class _Module(NamedTuple):
    url: str
    file: Path
    text: str  # without imports and exports
    imports: list[_Import]
    exports: list[str]


def _read(url: str, file: Path) -> _Module:
    source = file.read_text(encoding="utf-8")
    imports = []
    for found in _FROM.finditer(source):
        word, braces, address, default, default_address = found.groups()
        names = " ".join(braces.split()).strip(", ") if default is None else f"default as {default}"
        imported = posixpath.normpath(posixpath.join(posixpath.dirname(url), address or default_address))
        imports.append(_Import(names, imported, word == "export"))
    text = _FROM.sub(lambda found: _blank(found[0]), source)
    text = _DECLARED.sub(lambda found: _blank(found[0]), text)
    text = text.replace(_OWN_URL, "$url".ljust(len(_OWN_URL)))
    left = _LEFT.search(text)
    if left:
        raise ScriptInvalid(f"{url} contains {left[0]!r}, which can't be bundled")
    return _Module(url, file, text, imports, _DECLARED.findall(source))


def _is_foreign(url: str) -> bool:
    return "/vendor/" in url


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _destructured(names: str) -> str:
    return re.sub(r"(\S+) as (\S+)", r"\1: \2", names)


def _passed_on(module: _Module, names: dict[str, str]) -> Iterator[str]:
    for each in module.imports:
        if each.passed_on:
            for pair in each.names.split(", "):
                name, _, renamed = pair.partition(" as ")
                yield f"{renamed or name}: {names[each.url]}.{name}"
