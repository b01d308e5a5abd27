"""The frame of the API at /api/v1. Each room brings its own resources."""
