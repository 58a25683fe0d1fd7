"""How the application is served: on a socket, in a thread, beside a command."""
