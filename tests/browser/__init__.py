"""What is seen and done in Chromium."""
