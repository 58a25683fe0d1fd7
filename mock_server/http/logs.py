"""Log lines in JSON, for programs."""

import logging

import msgspec


class JsonFormatter(logging.Formatter):
    """Formats one JSON object per line: a request's fields or the message, and a traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = getattr(record, "request", None) or {"message": record.getMessage()}
        line = {"at": record.created, "level": record.levelname.lower(), **fields}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()
