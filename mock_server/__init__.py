"""chatkit-mock-server: a stateful emulator of OpenAI's ChatKit API.

Importing this package loads only this file; submodules are imported where they are used.
"""


def __getattr__(name: str) -> str:
    """Return the version of the installed distribution for `mock_server.__version__`."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - takes 20 ms and is rarely needed

        return version("chatkit-mock-server")
    raise AttributeError(f"module 'mock_server' has no attribute {name!r}")
