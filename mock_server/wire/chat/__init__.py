"""What travels on `POST /v1/chatkit/conversation`: operations, stream events, thread items."""
