"""Requests, responses and errors in HTTP, shared by the API, the control plane and the pages."""
