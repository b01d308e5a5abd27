"""The file store: content kept once by its digest, named by references, swept when nobody needs it."""
