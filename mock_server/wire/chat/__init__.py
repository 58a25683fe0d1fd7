"""The Structs of `POST /v1/chatkit/conversation`: operations, stream events, thread items."""
