"""Every column and every table, defined once, and what is rendered from them: DDL, dbt, docs."""
