"""The running program, killed and stopped at bad moments under mail from both sides."""
