"""How the application is reached without a socket."""
