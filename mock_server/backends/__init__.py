"""Backends, which reply in conversations: the workflow scripts, and servers of the user's own."""

PATH = "/chatkit"  # of the endpoint in an application, as in OpenAI's samples
