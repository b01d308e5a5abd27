"""Every page and state of the house: opened, measured and looked at."""
