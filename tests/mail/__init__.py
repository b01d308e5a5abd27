"""What goes through a real mail server."""
