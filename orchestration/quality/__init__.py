"""Audit: what is demanded of a build before anybody may read it.

Profiles are aggregates computed in SQL over what a build changed; expectations judge them;
conservation counts that nothing was lost; results turns every answer, dbt's too, into one row
of quality.check_results. Rules about single values belong in `cleaning/`, rules about keys and
formulas in dbt_project/tests.
"""
