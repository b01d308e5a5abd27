"""What people may enter about conversations, checked and turned into values."""
