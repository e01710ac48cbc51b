"""The DuckDB files: who may write, how rows are merged, builds, what is released and traced; and
what is worked out once for each article or review. What numbers mean is in dbt_project/."""
