"""The databases that the log runs on."""
