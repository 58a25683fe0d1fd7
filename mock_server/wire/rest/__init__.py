"""What travels on the REST surface, `/v1/chatkit/...` but for the conversation."""
