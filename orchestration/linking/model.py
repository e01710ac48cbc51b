"""The linking model: coefficients, thresholds, version and provenance, kept in one file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from orchestration.paths import DataRoot

SHIPPED = Path(__file__).with_name("model.json")

FEATURES = ("tfidf", "bm25", "coverage", "mass", "numbers_found", "numbers_missing",
            "places_missing")  # fmt: skip
"""tfidf: cosine of the weighted counts. bm25: of the most the title could reach. coverage: share of
the title's characters that the post has, by weight. mass: ln(1 + weight of the title's pairs that
the post has, in units of a pair that occurs once)."""
RIVALRY = ("score", "margin", "crowd")
"""score: log odds of the title against silence. margin: to the best other title. crowd: ln(1 + odds
of all the others). The probability is the logistic of score - crowd."""
LINK_AT, REVIEW_AT = 0.55, 0.3
"""The shipped thresholds; how they were chosen is in ADR 0018."""
SIGNS = {"numbers_missing": -1, "places_missing": -1}
"""More of the others speaks for a link, never against it."""


class ModelError(ValueError):
    """A model file that cannot be used; the message says what to type."""


@dataclass(frozen=True)
class Model:
    """The odds of each title that a post may speak of, against none of them.

    weights, intercept: of the log odds, by the features of post and title. link_at: probability
    from which a link is made without asking; review_at: from which an editor is asked.
    """

    version: str
    provenance: str
    weights: dict[str, float]
    intercept: float
    link_at: float
    review_at: float

    @cached_property
    def id(self) -> str:
        """Changes when any number of the model does."""
        text = json.dumps(asdict(self), sort_keys=True)
        return f"{self.version}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def model_of(root: DataRoot) -> Model:
    """The model of a data root: its own where it has one, else the shipped one."""
    return read_model(root.linking_model if root.linking_model.exists() else SHIPPED)


def read_model(path: Path = SHIPPED) -> Model:
    """The model of a file; ModelError says what is wrong with it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        model = Model(**document)
        numbers = [
            *(model.weights[name] for name in FEATURES), model.intercept,
            model.review_at, model.link_at,
        ]  # fmt: skip
        [float(number) for number in numbers]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"{path}: not a linking model ({type(error).__name__}: {error}); remove the file to "
            "use the shipped one, or make a new one: observatory links train"
        ) from error
    if not 0 < model.review_at <= model.link_at <= 1:
        raise ModelError(
            f"{path}: review_at {model.review_at} and link_at {model.link_at} must be "
            "0 < review_at <= link_at <= 1; mend the file"
        )
    return model


def as_text(model: Model) -> str:
    """The file of a model: the same model is the same bytes."""
    return json.dumps(asdict(model), ensure_ascii=False, indent=1) + "\n"


def write_model(model: Model, path: Path) -> None:
    """Put a model into a file, whole or not at all."""
    temporary = path.with_name(f".{path.name}.incoming")
    temporary.write_text(as_text(model), encoding="utf-8")
    temporary.replace(path)
