"""The shell: layout, the design language, browser code, and the pages that belong to no other room."""
