"""The `comity` command: starts the house, and runs what rooms offer for the terminal."""
