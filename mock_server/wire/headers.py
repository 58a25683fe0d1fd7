"""HTTP headers as one piece of bytes, which is what is sent in the end and takes the least time and memory."""

Headers = list[tuple[bytes, bytes]]


def encode_headers(headers: Headers) -> bytes:
    """Return headers as lines, each with its CRLF."""
    return b"".join([b"%b: %b\r\n" % pair for pair in headers])


def decode_headers(lines: bytes) -> Headers:
    """Return the pairs in header lines of ours."""
    pairs = (line.partition(b": ") for line in lines.split(b"\r\n")[:-1])
    return [(name, value) for name, _, value in pairs]
