"""Values as historians give them: a number, several coders' numbers, or a prior with its reason."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from whipcount.errors import UsageError
from whipcount.text import language

SLUG = re.compile(r"^[a-z][a-z0-9_]*$")
Slug = Annotated[str, Field(pattern=SLUG.pattern, description="lower-case identifier")]


def _rule(text: str) -> str:
    """A decision rule that the grammar can read, with a single need."""
    from whipcount.theory.rule_grammar import parse_rule

    try:
        rule = parse_rule(text)
    except UsageError as error:
        problem = error.problems[0]
        raise ValueError(f"{problem.message}; {problem.hint}") from error
    if len(rule.alternatives) > 1 or len(rule.alternatives[0]) > 1:
        raise ValueError(f"{text!r}: a body here decides by one need, without `and` and `or`")
    if column := rule.need.column:
        raise ValueError(f"{text!r}: there is no {column!r} here; shares are of votes cast, of present or of all")
    return text


RuleText = Annotated[str, AfterValidator(_rule), Field(description="decision rule, as it is written")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Model(BaseModel):
    """Base of every scenario record: unknown keys are errors and instances are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Text(Model):
    """A text in English, in Russian or in both; where only one is given, it serves readers of either language.

    Short form: the text alone (`name: Anna`), which is then in English.
    """

    en: str = Field(min_length=1, description="in English")
    ru: str = Field(min_length=1, description="in Russian")

    @model_validator(mode="before")
    @classmethod
    def _one_is_enough(cls, value: object) -> object:
        """Read the short form, and let the one language given stand for the other."""
        given = {"en": value} if isinstance(value, str) else value
        if not isinstance(given, dict):
            return value
        if not given:
            raise ValueError("a text needs words: give it in one language at least")
        for one, other in (("en", "ru"), ("ru", "en")):
            if one in given and other not in given:
                # an empty text is refused once, for the language in which it is given
                return {**given, other: given[one] or "-"}
        return given

    def in_language(self, chosen: str | None = None) -> str:
        """The text in a language ("en" or "ru"), the reader's if none is given."""
        return self.ru if (chosen or language()) == "ru" else self.en


def _evidence_from_text(value: object) -> object:
    """Read the short form "A:2" (source A, paragraph 2) or "pipes:ch. 12"."""
    if isinstance(value, str):
        source, _, where = value.partition(":")
        return {"source": source.strip(), "where": where.strip()}
    return value


def _text_of_number(value: object) -> object:
    """Read a paragraph or page number that is not in quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class EvidenceRecord(Model):
    """A pointer at a source: which work, where in it, and what sort of statement it is."""

    source: str = Field(description="id of an entry of `sources`")
    where: Annotated[str, BeforeValidator(_text_of_number)] = Field(
        default="", description="paragraph, page or chapter"
    )
    kind: Literal["fact", "judgement"] = Field(
        default="fact", description="a reported fact, or the narrator's own judgement"
    )
    note: str = Field(default="", description="paraphrase, never a quotation")


Evidence = Annotated[EvidenceRecord, BeforeValidator(_evidence_from_text)]


class Prior(Model):
    """A distribution from which a value is drawn once a run; exactly one form is given."""

    uniform: tuple[float, float] | None = Field(default=None, description="[low, high]")
    loguniform: tuple[float, float] | None = Field(default=None, description="[low, high], both above 0")
    normal: tuple[float, float] | None = Field(default=None, description="[mean, sd]")
    lognormal: tuple[float, float] | None = Field(default=None, description="[median, sd of the log]")
    beta: tuple[float, float] | None = Field(default=None, description="[a, b] on 0..1")
    triangular: tuple[float, float, float] | None = Field(default=None, description="[low, mode, high]")
    fixed: float | None = Field(default=None, description="a known value")

    @property
    def form(self) -> str:
        """The name of the distribution given."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _exactly_one_sane_form(self) -> Prior:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one distribution, not {given or 'none'}")
        for pair_name in ("uniform", "loguniform"):
            pair = getattr(self, pair_name)
            if pair is not None and not pair[0] < pair[1]:
                raise ValueError(f"{pair_name}: low must be below high")
        if self.loguniform is not None and self.loguniform[0] <= 0:
            raise ValueError("loguniform: both ends must be above 0")
        for name in ("normal", "lognormal"):
            pair = getattr(self, name)
            if pair is not None and pair[1] <= 0:
                raise ValueError(f"{name}: the spread must be above 0")
        if self.lognormal is not None and self.lognormal[0] <= 0:
            raise ValueError("lognormal: the median must be above 0")
        if self.beta is not None and min(self.beta) <= 0:
            raise ValueError("beta: a and b must be above 0")
        if self.triangular is not None:
            low, mode, high = self.triangular
            if not (low <= mode <= high and low < high):
                raise ValueError("triangular: low <= mode <= high")
        return self


def _uncertain_from_short(value: object) -> object:
    """Read a plain number, or a list of coders' numbers, as the long form."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"value": value}
    if isinstance(value, (list, tuple)):
        return {"coders": as_tuples(value)}
    return as_tuples(value)


def as_tuples(value: object) -> object:
    """Lists as tuples, all the way down: a strict reading takes no list for a tuple once it is a Python value."""
    if isinstance(value, (list, tuple)):
        return tuple(as_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: as_tuples(item) for key, item in value.items()}
    return value


class UncertainRecord(Model):
    """A number, several coders' numbers, or a prior; with evidence, or the reason why it is assumed.

    Several coders are propagated: each run draws from a normal around their mean whose spread is their
    standard deviation (at least .02), cut to the value's range.
    """

    value: float | None = Field(default=None, description="a number")
    coders: tuple[float, ...] | None = Field(default=None, min_length=1, description="one number from each coder")
    prior: Prior | None = Field(default=None, description="a distribution, drawn once a run")
    evidence: tuple[Evidence, ...] = ()
    assumed: str | None = Field(default=None, description="why this value, where no source gives one")

    @model_validator(mode="after")
    def _one_form(self) -> UncertainRecord:
        if sum(form is not None for form in (self.value, self.coders, self.prior)) != 1:
            raise ValueError("give exactly one of: value, coders, prior")
        return self

    @property
    def centre(self) -> float:
        """The central value: the number, the coders' mean, or the prior's mean or median."""
        if self.value is not None:
            return self.value
        if self.coders is not None:
            return sum(self.coders) / len(self.coders)
        assert self.prior is not None
        prior = self.prior
        if prior.fixed is not None:
            return prior.fixed
        if prior.uniform is not None:
            return (prior.uniform[0] + prior.uniform[1]) / 2
        if prior.loguniform is not None:
            return float((prior.loguniform[0] * prior.loguniform[1]) ** 0.5)
        if prior.normal is not None:
            return prior.normal[0]
        if prior.lognormal is not None:
            return prior.lognormal[0]
        if prior.triangular is not None:
            return sum(prior.triangular) / 3
        assert prior.beta is not None
        return prior.beta[0] / sum(prior.beta)


Uncertain = Annotated[UncertainRecord, BeforeValidator(_uncertain_from_short)]
