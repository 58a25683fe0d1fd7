"""The Structs of the REST API, `/v1/chatkit/...` without the conversation."""
