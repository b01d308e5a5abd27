"""One index for every room: they bring documents, people find them."""
