"""chatkit-mock-server: a stateful emulator of OpenAI's ChatKit API.

Importing this package loads nothing but this file; the parts are imported where they are used.
"""


def __getattr__(name: str) -> str:
    """Give `mock_server.__version__`, read from the installed distribution only when asked for."""
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - costs 20 ms, rarely wanted

        return version("chatkit-mock-server")
    raise AttributeError(f"module 'mock_server' has no attribute {name!r}")
