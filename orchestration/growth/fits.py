"""main.diffusion_fits: which series are fitted, and how a fit becomes a row.

A scope is one platform and one kind of account (each also `all`), every level and region. Its
series is accounts_registered of main.account_growth at the ends of complete months, or of complete
weeks where there are not enough months: of those in which somebody looked. Nobody knows who came
in a gap until it is over, so that several periods are one longer interval there, and a series ends
with its own last look however long others were looked at.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl

from orchestration.growth import diffusion
from orchestration.growth.diffusion import MIN_POINTS, MODELS, Estimate, Fit, Refusal, Series
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import DIFFUSION_FITS
from orchestration.warehouse.statements import insert_rows

METHOD = "increments, poisson or negative binomial, block bootstrap; 2"
"""Changes when a fit of the same series would come out otherwise."""
DAYS_PER_YEAR = 365.2425
SCOPE = ("platform", "account_kind", "admin_level", "region_code")
COVERED = 0.5
"""Share of the expected looks with which the last period of a series was looked at."""
_Point = tuple[date, int, float]
"""Last day of a period, accounts registered by then, coverage_ratio."""
_NOTHING = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Scope:
    """One series with what it is of: numbers of accounts at the last days of periods."""

    names: tuple[str, ...]
    period: str
    days: tuple[date, ...]
    accounts: tuple[int, ...]

    @property
    def hash(self) -> str:
        """Identity of the series and of the method."""
        text = json.dumps(
            [
                METHOD,
                *self.names,
                self.period,
                [day.isoformat() for day in self.days],
                self.accounts,
            ]
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def series(self) -> Series:
        """The series in years after its first day."""
        first = self.days[0]
        elapsed = [(day - first).days / DAYS_PER_YEAR for day in self.days[1:]]
        return Series(
            float(self.accounts[0]),
            np.array(elapsed),
            np.diff(np.array(self.accounts, dtype=float)),
        )


def renew_fits(connection: duckdb.DuckDBPyConnection, build_id: str) -> tuple[int, int]:
    """Fit what changed since the last build and keep the rest; (fitted, kept) scopes."""
    scopes = read_scopes(connection)
    known = {
        row[0]
        for row in connection.execute(
            f"select distinct series_hash from {DIFFUSION_FITS.full_name}"
        ).fetchall()
    }
    changed = [scope for scope in scopes if scope.hash not in known]
    rows = [row for scope in changed for row in fit_scope(scope)]
    frame = pl.DataFrame(rows, schema=polars_schema(DIFFUSION_FITS), orient="row")
    kept = [scope.hash for scope in scopes if scope.hash in known]
    connection.execute("begin")
    connection.execute(
        f"delete from {DIFFUSION_FITS.full_name} where series_hash not in (select unnest($1))",
        [kept],
    )
    insert_rows(connection, DIFFUSION_FITS.full_name, frame)
    connection.execute(f"update {DIFFUSION_FITS.full_name} set build_id = $1", [build_id])
    connection.execute("commit")
    return len(changed), len(kept)


def read_scopes(connection: duckdb.DuckDBPyConnection) -> list[Scope]:
    """The series of every scope, months where there are enough of them, else weeks.

    Left out are periods that the data do not reach the end of, gaps, and at the end of a series
    those of which less than half was looked at: whoever registered in them is not known yet.
    """
    rows = connection.execute(
        """
        with reached as (
            select timezone('Asia/Shanghai', data_through_at)::date as day
            from intermediate.int_observation_bounds
        )
        select platform, account_kind, admin_level, region_code, period, period_start,
               accounts_registered, coverage_ratio
        from main.account_growth
        where admin_level = 'all' and region_code = 'all' and period in ('month', 'week')
          and accounts_registered is not null and growth_state <> 'not_observed'
          and (case period when 'month' then last_day(period_start)
                           else period_start + 6 end) < (select day from reached)
        order by all
        """
    ).fetchall()
    found: dict[tuple[str, ...], dict[str, list[_Point]]] = {}
    for *names, period, start, accounts, coverage in rows:
        periods = found.setdefault(tuple(names), {"month": [], "week": []})
        periods[period].append((last_day(period, start), accounts, coverage))
    scopes = [_scope(names, periods) for names, periods in found.items()]
    return [scope for scope in scopes if scope.days]


def _scope(names: tuple[str, ...], periods: dict[str, list[_Point]]) -> Scope:
    for points in periods.values():
        while points and points[-1][2] < COVERED:
            points.pop()
    period = "month" if len(periods["month"]) > MIN_POINTS or not periods["week"] else "week"
    points = periods[period]
    return Scope(
        names, period, tuple(day for day, *_ in points), tuple(count for _, count, _ in points)
    )


def last_day(period: str, start: date) -> date:
    """Last day of a period."""
    if period == "week":
        return start + timedelta(days=6)
    following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following - timedelta(days=1)


def fit_scope(scope: Scope) -> list[dict[str, Any]]:
    """One row a model."""
    seed = diffusion.SEED + int(hashlib.sha256("|".join(scope.names).encode()).hexdigest()[:8], 16)
    results = [diffusion.fit(scope.series, model, seed) for model in MODELS]
    best = min((fit.aic for fit in results if isinstance(fit, Fit)), default=math.inf)
    return list(_rows(scope, results, best))


def _rows(scope: Scope, results: Sequence[Fit | Refusal], best: float) -> Iterator[dict[str, Any]]:
    for result in results:
        row: dict[str, Any] = dict.fromkeys(DIFFUSION_FITS.column_names)
        row |= dict(zip(SCOPE, scope.names, strict=True))
        row |= {
            "diffusion_model": result.model,
            "period": scope.period,
            "fitted_from": scope.days[0],
            "fitted_to": scope.days[-1],
            "time_points": len(scope.days) - 1,
            "accounts_before": scope.accounts[0],
            "accounts_after": scope.accounts[-1],
            "series_hash": scope.hash,
        }
        if isinstance(result, Refusal):
            yield row | {"no_fit_reason": result.reason}
        else:
            yield row | _fitted(scope, result) | {"is_best_aic": result.aic == best}


def _fitted(scope: Scope, fit: Fit) -> dict[str, Any]:
    residuals = fit.residuals
    parameters = 3 if fit.likelihood == "poisson" else 4
    spread = float((residuals**2).sum())
    neighbours = float((residuals[1:] * residuals[:-1]).sum())
    return {
        "likelihood": fit.likelihood,
        "dispersion": fit.dispersion,
        **_bounds("ceiling", fit.ceiling),
        **_bounds("rate_per_year", fit.rates.get("rate", _NOTHING)),
        **_bounds("innovation_per_year", fit.rates.get("innovation", _NOTHING)),
        **_bounds("imitation_per_year", fit.rates.get("imitation", _NOTHING)),
        "inflection_date": _day(scope, fit.inflection.value),
        "inflection_lo_date": _day(scope, fit.inflection.lo),
        "inflection_hi_date": _day(scope, fit.inflection.hi),
        "is_before_inflection": fit.is_before_inflection,
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic,
        "residual_chi2_per_df": spread / (len(residuals) - parameters),
        "residual_worst": float(residuals[np.argmax(np.abs(residuals))]),
        "residual_autocorrelation": neighbours / spread if spread > 0 else None,
        "bootstrap_fits": fit.bootstrap_fits,
    }


def _bounds(name: str, estimate: Estimate) -> dict[str, float | None]:
    values = {name: estimate.value, f"{name}_lo": estimate.lo, f"{name}_hi": estimate.hi}
    return {key: value if math.isfinite(value) else None for key, value in values.items()}


def _day(scope: Scope, years: float) -> date | None:
    """The day so many years after the first; none that is more than a century away."""
    if not math.isfinite(years) or abs(years) > diffusion.CENTURY:
        return None
    return scope.days[0] + timedelta(days=round(years * DAYS_PER_YEAR))
