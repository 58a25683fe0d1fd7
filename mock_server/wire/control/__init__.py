"""The Structs of `/_mock`: one module per noun."""
