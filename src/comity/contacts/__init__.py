"""People who write to the organisation: who they are, how they are known, what they agreed to."""
