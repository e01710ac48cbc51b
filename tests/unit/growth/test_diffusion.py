"""Curves of diffusion: recovered from known ones, against a published example, and refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import curve_fit, minimize
from scipy.stats import nbinom

from orchestration.growth import diffusion
from orchestration.growth.diffusion import MODELS, Fit, Model, Refusal, Series, fit

MONTHS = np.arange(0, 61) / 12

VCR = np.array([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890], dtype=float)
"""Yearly sales of video recorders in the USA, 1980-1989, in thousands: the textbook example of the
Bass model. Least squares on the density published with it: m 6.798e4, p 6.594e-3, q 6.381e-1."""


def logistic(t: NDArray[np.float64]) -> NDArray[np.float64]:
    return 4000 / (1 + np.exp(-2.0 * (t - 2.5)))


def gompertz(t: NDArray[np.float64]) -> NDArray[np.float64]:
    return 4000 * np.exp(-np.exp(-1.2 * (t - 2.0)))


def bass(t: NDArray[np.float64]) -> NDArray[np.float64]:
    p, q = 0.05, 1.6
    return 4000 * (1 - np.exp(-(p + q) * t)) / (1 + q / p * np.exp(-(p + q) * t))


CURVES = {"logistic": logistic, "gompertz": gompertz, "bass": bass}
TRUTH: dict[str, dict[str, float]] = {
    "logistic": {"rate": 2.0},
    "gompertz": {"rate": 1.2},
    "bass": {"innovation": 0.05, "imitation": 1.6},
}


def drawn(model: str, months: int, seed: int = 3) -> Series:
    """Monthly Poisson counts along a curve."""
    times = MONTHS[: months + 1]
    levels = CURVES[model](times)
    counts = np.random.default_rng(seed).poisson(np.diff(levels)).astype(float)
    return Series(float(levels[0]), times[1:], counts)


def fitted(series: Series, model: Model) -> Fit:
    found = fit(series, model)
    assert isinstance(found, Fit), found
    return found


@pytest.mark.parametrize("model", MODELS)
def test_a_known_curve_is_recovered(model: Model) -> None:
    found = fitted(drawn(model, 60), model)
    assert found.ceiling.value == pytest.approx(4000, rel=0.05)
    assert found.ceiling.lo < 4000 < found.ceiling.hi
    for name, value in TRUTH[model].items():
        assert found.rates[name].value == pytest.approx(value, rel=0.2)
    assert not found.is_before_inflection
    assert found.likelihood == "poisson"
    assert found.bootstrap_fits >= 190
    assert abs(np.mean(found.residuals)) < 0.3


@pytest.mark.parametrize("model", ["logistic", "gompertz"])
def test_the_right_curve_has_the_lowest_aic(model: Model) -> None:
    aics = {other: fitted(drawn(model, 60), other).aic for other in MODELS}
    # A Bass curve without innovators is the logistic: as good, never better by more than noise.
    assert aics[model] <= min(aics.values()) + 2.0
    wrong: Model = "gompertz" if model == "logistic" else "logistic"
    assert aics[wrong] > aics[model] + 10


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    covered = 0
    for seed in range(20):
        found = fitted(drawn("logistic", 48, seed), "logistic")
        covered += found.rates["rate"].lo <= 2.0 <= found.rates["rate"].hi
    assert covered >= 15


@pytest.mark.parametrize("model", MODELS)
def test_before_the_inflection_the_ceiling_is_withheld(model: Model) -> None:
    found = fit(drawn(model, 12), model)
    if isinstance(found, Refusal):
        assert "runs away" in found.reason
        return
    assert found.is_before_inflection
    assert math.isnan(found.ceiling.value)
    assert math.isnan(found.ceiling.hi)
    assert all(rate.value > 0 for rate in found.rates.values())


def test_the_published_example_of_bass() -> None:
    def density(t: NDArray[np.float64], m: float, p: float, q: float) -> NDArray[np.float64]:
        decay = np.exp(-(p + q) * t)
        return m * ((p + q) ** 2 / p) * decay / (1 + q / p * decay) ** 2

    years = np.arange(1, 11, dtype=float)
    published, _ = curve_fit(density, years, VCR, p0=[60630, 0.03, 0.38])
    # The data are the published ones: least squares gives the published estimates.
    assert published == pytest.approx([6.798e4, 6.594e-3, 6.381e-1], rel=1e-3)

    found = fitted(Series(0.0, years, VCR), "bass")
    assert found.ceiling.value == pytest.approx(6.798e4, rel=0.03)
    assert found.rates["imitation"].value == pytest.approx(0.6381, rel=0.03)
    # A density taken at the ends of years runs half a year ahead of sales summed over them.
    assert found.rates["innovation"].value == pytest.approx(
        6.594e-3 * math.exp(0.6447 / 2), rel=0.1
    )
    assert found.inflection.value == pytest.approx(
        math.log(0.6381 / 6.594e-3) / 0.6447 - 0.5, abs=0.2
    )


def test_scoring_finds_what_a_general_optimiser_finds() -> None:
    found = fitted(Series(0.0, np.arange(1, 11, dtype=float), VCR), "bass")

    def loss(theta: NDArray[np.float64]) -> float:
        m, p, q, a = np.exp(theta)
        t = np.arange(0, 11, dtype=float)
        decay = np.exp(-(p + q) * t)
        mean = np.diff(m * (1 - decay) / (1 + q / p * decay))
        return -float(nbinom.logpmf(VCR, 1 / a, 1 / (1 + a * mean)).sum())

    start = np.log([70000, 0.01, 0.5, 0.05])
    other = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 20000, "fatol": 1e-10})
    assert found.likelihood == "negative_binomial"
    assert found.log_likelihood == pytest.approx(-other.fun, abs=1e-3)
    assert found.ceiling.value == pytest.approx(float(np.exp(other.x[0])), rel=1e-2)


def test_bass_starts_from_what_was_there_before() -> None:
    """The same process watched from the second year on gives the same parameters."""
    whole = drawn("bass", 60)
    later = Series(
        whole.before + whole.increments[:24].sum(), whole.times[24:] - 2.0, whole.increments[24:]
    )
    found, again = fitted(whole, "bass"), fitted(later, "bass")
    assert again.ceiling.value == pytest.approx(found.ceiling.value, rel=0.03)
    assert again.inflection.value + 2.0 == pytest.approx(found.inflection.value, abs=0.3)


def test_the_same_series_gives_the_same_intervals() -> None:
    one, two = fitted(drawn("logistic", 48), "logistic"), fitted(drawn("logistic", 48), "logistic")
    assert (one.ceiling, one.rates, one.inflection) == (two.ceiling, two.rates, two.inflection)
    other = fit(drawn("logistic", 48), "logistic", seed=1)
    assert isinstance(other, Fit)
    assert other.ceiling.value == one.ceiling.value
    assert other.ceiling.lo != one.ceiling.lo


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([50.0] * 7, "7 time points, 8 are needed"),
        ([3.0] * 9, "27 registrations in the window, 30 are needed"),
        ([50.0, -1.0] * 5, "the number of registered accounts falls"),
    ],
)
def test_no_fit_without_enough_to_fit(counts: list[float], reason: str) -> None:
    series = Series(100.0, np.arange(1, len(counts) + 1, dtype=float), np.array(counts))
    for model in MODELS:
        found = fit(series, model)
        assert isinstance(found, Refusal)
        assert reason in found.reason


def test_growth_that_never_slows_has_no_ceiling() -> None:
    levels = 100 * np.exp(1.5 * MONTHS[:37])
    counts = np.round(np.diff(levels))
    for model in MODELS:
        found = fit(Series(100.0, MONTHS[1:37], counts), model)
        assert isinstance(found, Refusal) or math.isnan(found.ceiling.value)


def test_a_bass_curve_of_innovators_only_has_no_inflection_ahead() -> None:
    times = MONTHS[:49]
    levels = 3000 * (1 - np.exp(-0.9 * times))
    counts = np.random.default_rng(1).poisson(np.diff(levels)).astype(float)
    found = fitted(Series(0.0, times[1:], counts), "bass")
    assert not found.is_before_inflection
    assert found.ceiling.value == pytest.approx(3000, rel=0.1)
    assert diffusion.refusal(Series(0.0, times[1:], counts)) is None
