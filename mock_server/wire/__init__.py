"""The Structs of everything on the wire, named as in the official SDKs. No behaviour."""
