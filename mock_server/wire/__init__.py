"""What travels: Structs named as in the official SDKs. No behaviour."""
