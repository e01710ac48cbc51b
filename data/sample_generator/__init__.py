"""Generator of `data/sample`: a small invented world of official microblogs, written to files
in the shapes that real collectors leave behind.

`world` builds who exists, what happened and what was posted; one module per source turns that
into files. Nothing here is copied from anywhere; every name, text and number is invented.
"""
