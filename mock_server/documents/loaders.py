"""PyYAML's two safe loaders, which accept the same documents here. Imported late, as yaml takes long to import."""

from typing import Any

import yaml


class _Marked(yaml.constructor.SafeConstructor):
    """Names the place of a value that does not fit its tag, of which PyYAML says nothing or lets Python complain."""

    def construct_object(self, node: yaml.Node, *deep: Any, **options: Any) -> Any:
        """Return the value of a node. Raises ConstructorError."""
        try:
            return super().construct_object(node, *deep, **options)
        except (ValueError, LookupError, AttributeError, TypeError, OverflowError):
            kind = node.tag.rpartition(":")[2]
            raise yaml.constructor.ConstructorError(
                None, None, f"a value is not a valid {kind}", node.start_mark
            ) from None


class PlainLoader(_Marked, yaml.SafeLoader):
    """The loader in Python, with the two liberties of libyaml that people use.

    Within a line, a tab is as good as a space; and in a flow collection, a plain scalar such as a URL may contain `?`.
    """

    _taken_for = ("", "")  # a character and what it counts as, while a plain scalar is scanned

    def peek(self, index: int = 0) -> str:
        """Return a character ahead."""
        character: str = super().peek(index)
        return self._taken_for[1] if character == self._taken_for[0] else character

    def scan_plain(self) -> Any:
        """Scan a plain scalar."""
        self._taken_for = ("?", "-")
        try:
            return super().scan_plain()
        finally:
            self._taken_for = ("", "")

    def scan_plain_spaces(self, indent: int, start_mark: yaml.Mark) -> Any:
        """Scan the space within a plain scalar."""
        self._taken_for = ("\t", " ")
        try:
            return super().scan_plain_spaces(indent, start_mark)
        finally:
            self._taken_for = ("?", "-")

    def scan_to_next_token(self) -> None:
        """Skip what is between two tokens."""
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()


def loaders() -> list[type[yaml.SafeLoader]]:
    """Return the loaders to try one after another: the fast one if there is one, then the one that decides."""
    fast = getattr(yaml, "CSafeLoader", None)
    return [PlainLoader] if fast is None else [type("FastLoader", (_Marked, fast), {}), PlainLoader]
