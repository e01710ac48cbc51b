"""Curves of diffusion fitted to a growing number of accounts. Pure functions of one series.

Three curves of the cumulative number N(t): logistic, Gompertz and Bass. What is fitted are the
increments between observations, as counts: Poisson, or negative binomial (variance m + a m^2)
where that has the lower AIC. The cumulative number itself would make every observation carry the
errors of all before it.

A ceiling is only identifiable once growth has begun to slow down. So it is withheld unless the
inflection is passed with its whole interval. Least squares and likelihood alike may have no
maximum at all (the ceiling runs away); such a fit is refused with the reason.

Fits run many at a time: all starting points of a model, or all bootstrap replicates, are one
array, improved together by Fisher scoring with damping.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Model = Literal["logistic", "gompertz", "bass"]

MODELS: tuple[Model, ...] = ("logistic", "gompertz", "bass")
MIN_POINTS = 8
MIN_REGISTRATIONS = 30
REPLICATES = 200
MIN_REPLICATES = 100
SEED = 20110926
RUNAWAY = 1000.0
"""A ceiling of more than so many times what was reached is no ceiling."""
CENTURY = 100.0
_FIRST_STEPS = 8
_KEPT = 6
_STEPS = 60
_REPLICATE_STEPS = 12
_TINY = 1e-9
_WIDEST = 700.0


@dataclass(frozen=True)
class Series:
    """Accounts at `before` and how many came in each interval that ends at `times` (years after
    the first instant)."""

    before: float
    times: Floats
    increments: Floats

    @property
    def span(self) -> float:
        """Length in years."""
        return float(self.times[-1])


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval; all three NaN where it is not identifiable."""

    value: float
    lo: float
    hi: float


@dataclass(frozen=True)
class Fit:
    """One curve of one series. Rates are per year, the inflection in years of the series."""

    model: Model
    likelihood: Literal["poisson", "negative_binomial"]
    dispersion: float
    ceiling: Estimate
    rates: dict[str, Estimate]
    inflection: Estimate
    is_before_inflection: bool
    log_likelihood: float
    aic: float
    residuals: Floats
    bootstrap_fits: int


@dataclass(frozen=True)
class Refusal:
    """Why there is no fit."""

    model: Model
    reason: str


def refusal(series: Series) -> str | None:
    """Why no curve may be fitted to a series at all."""
    if len(series.times) < MIN_POINTS:
        return f"{len(series.times)} time points, {MIN_POINTS} are needed"
    if (series.increments < 0).any():
        return "the number of registered accounts falls: the frame was corrected"
    if series.increments.sum() < MIN_REGISTRATIONS:
        return (
            f"{int(series.increments.sum())} registrations in the window, "
            f"{MIN_REGISTRATIONS} are needed"
        )
    return None


def fit(series: Series, model: Model, seed: int = SEED) -> Fit | Refusal:
    """The curve of highest likelihood with block-bootstrap intervals, or why there is none."""
    reason = refusal(series)
    if reason:
        return Refusal(model, reason)
    mean = _MEANS[model]
    observed = series.increments[None, :]
    best = _best(series, mean, _starts(series, model), observed, 0.0)
    dispersion = _dispersion(series, _mean_at(series, mean, best))
    poisson = _log_likelihood(observed, _mean_at(series, mean, best), 0.0)[0]
    likelihood: Literal["poisson", "negative_binomial"] = "poisson"
    log_likelihood, parameters = poisson, 3
    if dispersion > 0:
        for _ in range(2):
            refitted = _best(series, mean, best[None, :], observed, dispersion)
            dispersion = _dispersion(series, _mean_at(series, mean, refitted))
        negative = _log_likelihood(observed, _mean_at(series, mean, refitted), dispersion)[0]
        if 2 * 4 - 2 * negative < 2 * 3 - 2 * poisson:
            likelihood, best = "negative_binomial", refitted
            log_likelihood, parameters = negative, 4
    if likelihood == "poisson":
        dispersion = 0.0
    reached = series.before + series.increments.sum()
    if _ceilings(series, model, best[None, :])[0] > RUNAWAY * reached:
        return Refusal(model, "the estimate does not exist: its ceiling runs away")
    return _described(
        series, model, best, dispersion, likelihood, float(log_likelihood), parameters, seed
    )


def _described(
    series: Series,
    model: Model,
    best: Floats,
    dispersion: float,
    likelihood: Literal["poisson", "negative_binomial"],
    log_likelihood: float,
    parameters: int,
    seed: int,
) -> Fit:
    mean = _MEANS[model]
    expected = _mean_at(series, mean, best)
    deviation = np.sqrt(expected + dispersion * expected**2)
    residuals = ((series.increments - expected) / deviation)[0]
    replicates = _replicates(series, mean, best, dispersion, residuals, seed)
    enough = len(replicates) >= MIN_REPLICATES
    inflections = _inflections(series, model, np.vstack([best[None, :], replicates]))
    inflection = _interval(inflections, enough)
    # A Bass curve of innovators only slows down from its start: its inflection is minus infinity.
    latest = np.quantile(inflections[1:], 0.975, method="inverted_cdf") if enough else np.inf
    is_before = not (inflections[0] <= series.span and latest <= series.span)
    ceiling = _interval(_ceilings(series, model, np.vstack([best[None, :], replicates])), enough)
    return Fit(
        model=model,
        likelihood=likelihood,
        dispersion=dispersion,
        ceiling=Estimate(np.nan, np.nan, np.nan) if is_before else ceiling,
        rates={
            name: _interval(values, enough)
            for name, values in _rates(model, np.vstack([best[None, :], replicates])).items()
        },
        inflection=inflection,
        is_before_inflection=is_before,
        log_likelihood=log_likelihood,
        aic=2 * parameters - 2 * log_likelihood,
        residuals=residuals,
        bootstrap_fits=len(replicates),
    )


# -- curves: parameters on a scale without bounds, one row of `theta` a fit ----------------------


def _exp(values: Floats) -> Floats:
    return np.exp(np.clip(values, -_WIDEST, _WIDEST))


def _logistic(theta: Floats, times: Floats, before: float) -> Floats:
    ceiling, rate, middle = _exp(theta[:, [0]]), _exp(theta[:, [1]]), theta[:, [2]]
    del before
    return ceiling / (1 + _exp(-rate * (times - middle)))


def _gompertz(theta: Floats, times: Floats, before: float) -> Floats:
    ceiling, rate, middle = _exp(theta[:, [0]]), _exp(theta[:, [1]]), theta[:, [2]]
    del before
    return ceiling * _exp(-_exp(-rate * (times - middle)))


def _bass(theta: Floats, times: Floats, before: float) -> Floats:
    """dN/dt = (p + q N/m)(m - N), through N(0) = before."""
    ceiling, p, q = before + _exp(theta[:, [0]]), _exp(theta[:, [1]]), _exp(theta[:, [2]])
    decay = _exp(-(p + q) * times) * _left(before / ceiling, p, q)
    return ceiling * (1 - decay) / (1 + q / p * decay)


def _left(share: Floats, p: Floats, q: Floats) -> Floats:
    """exp(-(p + q) s) at the age s at which a Bass curve has reached a share of its ceiling."""
    return (1 - share) / (1 + q / p * share)


Curve = Callable[[Floats, Floats, float], Floats]
_MEANS: dict[Model, Curve] = {"logistic": _logistic, "gompertz": _gompertz, "bass": _bass}


def _mean(series: Series, curve: Curve, theta: Floats) -> Floats:
    """Expected increments, one row a fit."""
    times = np.concatenate([[0.0], series.times])
    return np.maximum(np.diff(curve(theta, times, series.before), axis=1), _TINY)


def _mean_at(series: Series, curve: Curve, theta: Floats) -> Floats:
    return _mean(series, curve, theta[None, :])


def _ceilings(series: Series, model: Model, theta: Floats) -> Floats:
    return _exp(theta[:, 0]) + (series.before if model == "bass" else 0.0)


def _rates(model: Model, theta: Floats) -> dict[str, Floats]:
    if model == "bass":
        return {"innovation": _exp(theta[:, 1]), "imitation": _exp(theta[:, 2])}
    return {"rate": _exp(theta[:, 1])}


def _inflections(series: Series, model: Model, theta: Floats) -> Floats:
    """Time of fastest growth; minus infinity for a Bass curve that never accelerates."""
    if model != "bass":
        return theta[:, 2]
    p, q = _exp(theta[:, 1]), _exp(theta[:, 2])
    share = series.before / _ceilings(series, model, theta)
    elapsed = -np.log(np.maximum(_left(share, p, q), np.finfo(float).tiny)) / (p + q)
    with np.errstate(divide="ignore"):
        return np.where(q > p, np.log(q / p) / (p + q) - elapsed, -np.inf)


def _starts(series: Series, model: Model) -> Floats:
    """Starting points: from a ceiling just above to far above, early and late, slow and fast."""
    total, span = series.increments.sum(), series.span
    levels = np.log(total * np.array([1.05, 1.5, 4.0, 20.0]))
    if model == "bass":
        seconds = np.log(np.array([0.01, 0.1, 0.5, 2.0]) / span)
        thirds = np.log(np.array([0.5, 2.0, 6.0, 15.0]) / span)
    else:
        levels = np.append(levels, np.log(series.before + total))
        seconds = np.log(np.array([1.0, 3.0, 8.0, 20.0]) / span)
        thirds = span * np.array([-0.5, 0.2, 0.5, 0.9, 1.5])
    grid = np.meshgrid(levels, seconds, thirds, indexing="ij")
    return np.stack([axis.ravel() for axis in grid], axis=1)


# -- likelihood ---------------------------------------------------------------------------------


def _log_likelihood(observed: Floats, expected: Floats, dispersion: float) -> Floats:
    """Of counts with the given means, summed over each row."""
    from scipy.special import gammaln, xlogy

    if dispersion <= 0:
        terms = xlogy(observed, expected) - expected - gammaln(observed + 1)
    else:
        size = 1 / dispersion
        terms = (
            gammaln(observed + size) - gammaln(size) - gammaln(observed + 1)
            + xlogy(observed, expected) - (observed + size) * np.log(size + expected)
            + size * np.log(size)
        )  # fmt: skip
    summed: Floats = np.asarray(terms, dtype=np.float64).sum(axis=1)
    return summed


def _dispersion(series: Series, expected: Floats) -> float:
    """The negative binomial's a at given means by maximum likelihood; 0 if Poisson is as good."""
    from scipy.optimize import minimize_scalar

    observed = series.increments[None, :]

    def loss(log_a: float) -> float:
        return -float(_log_likelihood(observed, expected, float(np.exp(log_a)))[0])

    found: Any = minimize_scalar(loss, bounds=(-14.0, 4.0), method="bounded")
    gained = -found.fun - _log_likelihood(observed, expected, 0.0)[0]
    return float(np.exp(found.x)) if gained > 1e-6 else 0.0


# -- fitting ------------------------------------------------------------------------------------


def _best(series: Series, curve: Curve, starts: Floats, observed: Floats, a: float) -> Floats:
    """The best of all starting points."""
    theta, loss = _scored(series, curve, starts, observed, a, _FIRST_STEPS)
    leading = np.argsort(loss)[:_KEPT]
    theta, loss = _scored(series, curve, theta[leading], observed, a, _STEPS)
    best: Floats = theta[int(np.nanargmin(loss))]
    return best


def _scored(
    series: Series, curve: Curve, theta: Floats, observed: Floats, a: float, steps: int
) -> tuple[Floats, Floats]:
    """Fisher scoring with Levenberg's damping, every row on its own: (parameters, loss)."""
    theta = theta.copy()
    expected = _mean(series, curve, theta)
    loss = -_log_likelihood(observed, expected, a)
    damping = np.full(len(theta), 1e-2)
    for _ in range(steps):
        slopes = _slopes(series, curve, theta, expected)
        weights = 1 / (expected + a * expected**2)
        gradient = np.einsum("bnk,bn->bk", slopes, weights * (observed - expected))
        information = np.einsum("bnk,bn,bnl->bkl", slopes, weights, slopes)
        diagonal = np.einsum("bkk->bk", information) + 1e-12
        damped = information + np.einsum("b,bk,kl->bkl", damping, diagonal, np.eye(3))
        damped += 1e-10 * np.eye(3)
        step = np.clip(np.linalg.solve(damped, gradient[:, :, None])[:, :, 0], -2.0, 2.0)
        hoped = _mean(series, curve, theta + step)
        tried = -_log_likelihood(observed, hoped, a)
        better = tried < loss
        gained = np.where(better, loss - tried, 0.0)
        theta[better] += step[better]
        expected[better] = hoped[better]
        loss = np.where(better, tried, loss)
        damping = np.where(better, damping / 5, np.minimum(damping * 6, 1e8))
        if gained.max() < 1e-8:
            break
    return theta, loss


def _slopes(series: Series, curve: Curve, theta: Floats, expected: Floats) -> Floats:
    """Derivatives of the expected increments, by forward differences."""
    slopes = np.empty((len(theta), len(series.times), 3))
    for k in range(3):
        shift = np.zeros(3)
        shift[k] = 1e-6
        slopes[:, :, k] = (_mean(series, curve, theta + shift) - expected) / 1e-6
    return slopes


def _replicates(
    series: Series, curve: Curve, best: Floats, a: float, residuals: Floats, seed: int
) -> Floats:
    """Refits of series put together from circular blocks of Pearson residuals: neighbouring
    residuals stay together, so that a lasting deviation widens the interval."""
    points = len(residuals)
    block = max(2, round(points ** (1 / 3)))
    draws = np.random.default_rng(seed)
    starts = draws.integers(0, points, size=(REPLICATES, -(-points // block)))
    places = (starts[:, :, None] + np.arange(block)) % points
    drawn = residuals[places.reshape(REPLICATES, -1)[:, :points]]
    expected = _mean_at(series, curve, best)
    drawn = drawn - residuals.mean()
    observed = np.maximum(np.round(expected + drawn * np.sqrt(expected + a * expected**2)), 0.0)
    theta, loss = _scored(
        series, curve, np.repeat(best[None, :], REPLICATES, axis=0), observed, a, _REPLICATE_STEPS
    )
    kept: Floats = theta[np.isfinite(loss) & np.isfinite(theta).all(axis=1)]
    return kept


def _interval(values: Floats, enough: bool) -> Estimate:
    """First the estimate, then its replicates; percentiles of them."""
    estimate = float(values[0]) if np.isfinite(values[0]) else np.nan
    if not enough:
        return Estimate(estimate, np.nan, np.nan)
    lo, hi = np.quantile(values[1:], [0.025, 0.975], method="inverted_cdf")
    return Estimate(
        estimate, float(lo) if np.isfinite(lo) else np.nan, float(hi) if np.isfinite(hi) else np.nan
    )
