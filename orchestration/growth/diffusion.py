"""Curves of diffusion fitted to a growing number of accounts. Pure functions of one series.

Three curves of the cumulative number N(t): logistic, Gompertz and Bass. What is fitted are the
increments between observations, as counts: Poisson, or negative binomial (variance m + a m^2)
where that has the lower AIC. The cumulative number itself would make every observation carry the
errors of all before it.

Increments know nothing of the level, which is a count: the ceiling is what was reached plus what
the curve still expects, so that none lies below what was reached. It is only identifiable once
growth has begun to slow down, and `_is_told` has the rule by which it is withheld. Least squares
and likelihood alike may have no maximum at all (the ceiling runs away); such a fit is refused with
the reason.

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
Likelihood = Literal["poisson", "negative_binomial"]
Curve = Callable[[Floats, Floats, float], Floats]
"""Cumulative number by parameters, times and accounts before: one row a fit."""

MODELS: tuple[Model, ...] = ("logistic", "gompertz", "bass")
MIN_POINTS = 8
MIN_REGISTRATIONS = 30
REPLICATES = 200
MIN_REPLICATES = 100
SEED = 20110926
RUNAWAY = 1000.0
"""A ceiling of more than so many times what was reached is no ceiling."""
BEATEN_BY = 6.0
"""The AIC of a curve is lower by more than this than that of growth without end, or its ceiling is
withheld: Akaike's weights are then more than 20 to 1 (exp(6 / 2)). Lower by anything at all, one
noisy straight line in thirteen had a ceiling."""
CENTURY = 100.0
_FIRST_STEPS = 8
_KEPT = 6
_STEPS = 60
_REPLICATE_STEPS = 12
_TINY = 1e-9
_WIDEST = 700.0
_ALIKE = 1e-6


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

    @property
    def reached(self) -> float:
        """Accounts at the last instant."""
        return float(self.before + self.increments.sum())


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
    likelihood: Likelihood
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
    best = _optimum(series, _MEANS[model], _starts(series, model))
    to_come = _to_come(series, model, best.theta[None, :])[0]
    if series.reached + to_come > RUNAWAY * series.reached:
        return Refusal(model, "the estimate does not exist: its ceiling runs away")
    return _described(series, model, best, seed)


@dataclass(frozen=True)
class _Optimum:
    """A curve of highest likelihood."""

    theta: Floats
    likelihood: Likelihood
    dispersion: float
    log_likelihood: float

    @property
    def aic(self) -> float:
        """Akaike's information criterion; the dispersion counts as a parameter."""
        parameters = len(self.theta) + (self.likelihood == "negative_binomial")
        return 2 * parameters - 2 * self.log_likelihood


def _optimum(series: Series, curve: Curve, starts: Floats) -> _Optimum:
    """The best of the Poisson fits, or the negative binomial one where its AIC is lower."""
    observed = series.increments[None, :]
    theta = _best(series, curve, starts, observed, 0.0)
    expected = _mean_at(series, curve, theta)
    poisson = _Optimum(theta, "poisson", 0.0, float(_log_likelihood(observed, expected, 0.0)[0]))
    dispersion = _dispersion(series, expected)
    if dispersion <= 0:
        return poisson
    for _ in range(2):
        theta = _best(series, curve, theta[None, :], observed, dispersion)
        expected = _mean_at(series, curve, theta)
        dispersion = _dispersion(series, expected)
    log_likelihood = float(_log_likelihood(observed, expected, dispersion)[0])
    negative = _Optimum(theta, "negative_binomial", dispersion, log_likelihood)
    return min(poisson, negative, key=lambda optimum: optimum.aic)


def _described(series: Series, model: Model, best: _Optimum, seed: int) -> Fit:
    mean = _MEANS[model]
    expected = _mean_at(series, mean, best.theta)
    deviation = np.sqrt(expected + best.dispersion * expected**2)
    residuals = ((series.increments - expected) / deviation)[0]
    replicates, reached = _replicates(series, mean, best, residuals, seed)
    # Replicates that are all alike (a series without any noise) tell nothing of the uncertainty.
    enough = len(replicates) >= MIN_REPLICATES and np.ptp(replicates, axis=0).max() > _ALIKE
    theta = np.vstack([best.theta[None, :], replicates])
    inflections = _inflections(series, model, theta)
    latest = np.quantile(inflections[1:], 0.975, method="inverted_cdf") if enough else np.inf
    is_before = not (inflections[0] <= series.span and latest <= series.span)
    ceilings = np.append(series.reached, reached) + _to_come(series, model, theta)
    ceiling = _interval(ceilings, enough)
    is_told = not is_before and _is_told(series, best, ceiling, inflections[0], float(latest))
    return Fit(
        model=model,
        likelihood=best.likelihood,
        dispersion=best.dispersion,
        ceiling=ceiling if is_told else Estimate(np.nan, np.nan, np.nan),
        rates={name: _interval(values, enough) for name, values in _rates(model, theta).items()},
        inflection=_interval(inflections, enough),
        is_before_inflection=is_before,
        log_likelihood=best.log_likelihood,
        aic=best.aic,
        residuals=residuals,
        bootstrap_fits=len(replicates),
    )


def _is_told(
    series: Series, best: _Optimum, ceiling: Estimate, inflection: float, latest: float
) -> bool:
    """Whether a series past its inflection has a ceiling that may be told.

    Not where the inflection lies before the series with its whole interval, which ends at `latest`:
    that is extrapolated, nobody saw growth speed up. (A Bass curve of innovators only has none at
    all, minus infinity: it slows down from its start.) Not where the interval does not hold the
    estimate, or there is none. And not where growth without end describes the series about as well.
    """
    is_seen = latest >= 0 or inflection == -np.inf
    is_held = ceiling.lo <= ceiling.value <= ceiling.hi
    return is_seen and is_held and best.aic < _aic_without_ceiling(series) - BEATEN_BY


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


_MEANS: dict[Model, Curve] = {"logistic": _logistic, "gompertz": _gompertz, "bass": _bass}


def _mean(series: Series, curve: Curve, theta: Floats) -> Floats:
    """Expected increments, one row a fit."""
    times = np.concatenate([[0.0], series.times])
    return np.maximum(np.diff(curve(theta, times, series.before), axis=1), _TINY)


def _mean_at(series: Series, curve: Curve, theta: Floats) -> Floats:
    return _mean(series, curve, theta[None, :])


def _to_come(series: Series, model: Model, theta: Floats) -> Floats:
    """Accounts that a curve still expects after the last instant: its ceiling less its end."""
    ceiling, since = _exp(theta[:, 0]), _exp(theta[:, 1]) * (series.span - theta[:, 2])
    if model == "logistic":
        return ceiling / (1 + _exp(since))
    if model == "gompertz":
        return -ceiling * np.expm1(-_exp(-since))
    ceiling, p, q = series.before + ceiling, _exp(theta[:, 1]), _exp(theta[:, 2])
    decay = _exp(-(p + q) * series.span) * _left(series.before / ceiling, p, q)
    return ceiling * decay * (1 + q / p) / (1 + q / p * decay)


def _rates(model: Model, theta: Floats) -> dict[str, Floats]:
    if model == "bass":
        return {"innovation": _exp(theta[:, 1]), "imitation": _exp(theta[:, 2])}
    return {"rate": _exp(theta[:, 1])}


def _inflections(series: Series, model: Model, theta: Floats) -> Floats:
    """Time of fastest growth; minus infinity for a Bass curve that never accelerates."""
    if model != "bass":
        return theta[:, 2]
    p, q = _exp(theta[:, 1]), _exp(theta[:, 2])
    share = series.before / (series.before + _exp(theta[:, 0]))
    elapsed = -np.log(np.maximum(_left(share, p, q), np.finfo(float).tiny)) / (p + q)
    with np.errstate(divide="ignore"):
        return np.where(q > p, np.log(q / p) / (p + q) - elapsed, -np.inf)


def _constant(theta: Floats, times: Floats, before: float) -> Floats:
    """The same number every year."""
    return before + _exp(theta[:, [0]]) * times


def _proportional(theta: Floats, times: Floats, before: float) -> Floats:
    """The same share of those there every year, through N(0) = before."""
    return before * _exp(_exp(theta[:, [0]]) * times)


def _aic_without_ceiling(series: Series) -> float:
    """The lower AIC of growth by a constant number and by a constant share, which never end."""
    around = np.log([[0.5], [0.8], [1.0], [1.25], [2.0]])
    number = np.log(series.increments.sum() / series.span)
    aic = _optimum(series, _constant, number + around).aic
    if series.before > 0:
        share = np.log(np.log(series.reached / series.before) / series.span)
        aic = min(aic, _optimum(series, _proportional, share + around).aic)
    return aic


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
    theta, count = theta.copy(), theta.shape[1]
    expected = _mean(series, curve, theta)
    loss = -_log_likelihood(observed, expected, a)
    damping = np.full(len(theta), 1e-2)
    for _ in range(steps):
        slopes = _slopes(series, curve, theta, expected)
        weights = 1 / (expected + a * expected**2)
        gradient = np.einsum("bnk,bn->bk", slopes, weights * (observed - expected))
        information = np.einsum("bnk,bn,bnl->bkl", slopes, weights, slopes)
        diagonal = np.einsum("bkk->bk", information) + 1e-12
        damped = information + np.einsum("b,bk,kl->bkl", damping, diagonal, np.eye(count))
        damped += 1e-10 * np.eye(count)
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
    count = theta.shape[1]
    slopes = np.empty((len(theta), len(series.times), count))
    for k in range(count):
        shift = np.zeros(count)
        shift[k] = 1e-6
        slopes[:, :, k] = (_mean(series, curve, theta + shift) - expected) / 1e-6
    return slopes


def _replicates(
    series: Series, curve: Curve, best: _Optimum, residuals: Floats, seed: int
) -> tuple[Floats, Floats]:
    """Refits of series put together from circular blocks of Pearson residuals: neighbouring
    residuals stay together, so that a lasting deviation widens the interval. (Parameters, accounts
    at the last instant.)"""
    points = len(residuals)
    block = max(2, round(points ** (1 / 3)))
    draws = np.random.default_rng(seed)
    firsts = draws.integers(0, points, size=(REPLICATES, -(-points // block)))
    places = (firsts[:, :, None] + np.arange(block)) % points
    drawn = residuals[places.reshape(REPLICATES, -1)[:, :points]]
    a, expected = best.dispersion, _mean_at(series, curve, best.theta)
    drawn = drawn - residuals.mean()
    observed = np.maximum(np.round(expected + drawn * np.sqrt(expected + a * expected**2)), 0.0)
    starts = np.repeat(best.theta[None, :], REPLICATES, axis=0)
    theta, loss = _scored(series, curve, starts, observed, a, _REPLICATE_STEPS)
    kept = np.isfinite(loss) & np.isfinite(theta).all(axis=1)
    return theta[kept], series.before + observed[kept].sum(axis=1)


def _interval(values: Floats, enough: bool) -> Estimate:
    """First the estimate, then its replicates; percentiles of them, none where they are one."""
    estimate = float(values[0]) if np.isfinite(values[0]) else np.nan
    if not enough:
        return Estimate(estimate, np.nan, np.nan)
    lo, hi = np.quantile(values[1:], [0.025, 0.975], method="inverted_cdf")
    if lo == hi:
        return Estimate(estimate, np.nan, np.nan)
    return Estimate(
        estimate, float(lo) if np.isfinite(lo) else np.nan, float(hi) if np.isfinite(hi) else np.nan
    )
