"""What tests and `chatkit-mock` hold: a running server."""
