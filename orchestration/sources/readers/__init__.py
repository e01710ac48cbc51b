"""Readers: how records are found in bytes. What the records mean is a format's business.

For whoever adds a format, by the shape of its files (an example stands in formats/):

| the file is | reader | example |
|---|---|---|
| one JSON object a line | `JsonLines` | checked_jsonl.py |
| one JSON document that holds a list of records, or is one record | `JsonDocument` | ced_json.py |
| JSON that comes either way | `JsonAny`, `DocumentOrLines` | bluesky_json.py, wordpress_json.py |
| CSV or TSV with a header | `Delimited` | crowdtangle_csv.py |
| the same, of several layouts | `Delimited` with `layout` | account_list_csv.py |
| CSV so damaged that rows must be found again | `LineRows` | weiboscope_csv.py |
| the same records as JSON or as CSV | `ByContent` | media_crawler.py |
| records of another reader, fields worked out one by one | `Converted` | gdelt_json.py |
| one record or a few a file: a page, an article, Markdown | `WholeFile` | text_article.py, rss.py |
| a WARC archive | `Warc` | warc.py |
| a SQLite database | `SqliteTables` | weibo_crawler_sqlite.py |
| Excel, Parquet, YAML, GeoJSON | none: `format: mapped` reads them (data/README.md) | |
"""
