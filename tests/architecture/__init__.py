"""What import-linter can't see: keys, writes, templates, sizes, words."""
