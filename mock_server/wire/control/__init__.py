"""What travels on `/_mock`: one module per noun."""
