"""Motions: what follows if one is carried and if it fails, what that is worth to each actor, what the whips ask."""

from __future__ import annotations

from dataclasses import dataclass

from ..vocabulary import RULE_NAMES, Array, Day, Rules, rules_of
from . import formulas, whipping
from .tallies import Votes, chance_carried, votes_on

LEAST_WHIPPED = 0.005  # a party whose members gain less on average leaves them free


@dataclass(frozen=True)
class Consequences:
    """What each actor gains over things as they are if a motion is carried, and if it fails; and what voting yes is
    worth for its own sake, whatever comes of it."""

    carried: Array
    failed: Array
    shown: Array

    @property
    def stake(self) -> Array:
        """D: the gain if it is carried over if it fails, and what is shown by a yes: by this members vote."""
        return self.carried - self.failed + self.shown

    def expected(self, chance: Array) -> Array:
        """The gain from a division in which the motion is carried with this chance."""
        return chance * self.carried + (1.0 - chance) * self.failed


@dataclass(frozen=True)
class Form:
    """One way to put a motion: the option proposed, if there are several, and whether confidence is attached."""

    label: str
    option: str | None
    attached: bool


def forms(day: Day, motion: str) -> tuple[Form, ...]:
    """The ways in which a motion can be put; who puts it chooses among them (Romer & Rosenthal 1978; Huber 1996)."""
    options = day.fact(f"motion.{motion}.options")
    assert isinstance(options, tuple)
    attach = day.fact(f"motion.{motion}.attach")
    found = []
    for option in options or (None,):
        label = "table" if option is None or len(options) == 1 else f"table {option}"
        if attach != "always":
            found.append(Form(label, option, False))
        if attach != "never":
            found.append(Form(f"{label} with confidence", option, True))
    return tuple(found)


def questions(day: Day, motion: str) -> bool:
    """Whether the motion is about confidence and nothing else."""
    return day.fact(f"motion.{motion}.kind") in ("confidence", "no_confidence")


def place(day: Day, motion: str, option: str) -> formulas.Point:
    """Where the government stands if an option is carried: it moves on the dimensions of the motion's matter alone."""
    about = day.fact(f"motion.{motion}.dimensions")
    assert isinstance(about, tuple)
    there = formulas.settlement_point(day, option)
    now = zip(day.ids("dimension"), there, day.vector("point"), strict=True)
    return tuple(new if name in about else old for name, new, old in now)


def one_hot(day: Day, motion: str) -> Array:
    """Mask of the motion on its axis."""
    return day.only("motion", motion)


def is_body(day: Day, motion: str) -> Array:
    """Mask of the body that the motion is moved in."""
    return day.only("body", str(day.fact(f"motion.{motion}.body")))


def consequences(day: Day, motion: str, form: Form) -> Consequences:
    """What a motion put in this form leads to, each stage that follows it included, at the chance it then has."""
    nothing = day.gap * 0.0
    carried, failed = _at_once(day, motion, form)
    if form.attached:
        failed = formulas.gain_by_fall(day)
    shown = nothing
    if form.attached or day.fact(f"motion.{motion}.kind") == "confidence":
        shown = -formulas.opposing(day, day.governs | day.tolerates)
    elif day.fact(f"motion.{motion}.kind") == "no_confidence":
        shown = formulas.opposing(day, day.governs | day.tolerates)
    for outcome in ("carried", "failed"):
        after = day.fact(f"motion.{motion}.if_{outcome}")
        if isinstance(after, str):
            following = _following(day, after)
            carried, failed = (carried + following, failed) if outcome == "carried" else (carried, failed + following)
    return Consequences(nothing + carried, nothing + failed, shown)


def _following(day: Day, motion: str) -> Array:
    """What another stage is worth before it is decided."""
    form = forms(day, motion)[0]
    what = consequences(day, motion, form)
    return what.expected(chance(day, motion, what))


def deciding(day: Day, motion: str) -> tuple[Array, ...]:
    """Masks of the bodies that must all carry the motion: that in which it is moved, and others that its rule names."""
    also = day.fact(f"motion.{motion}.also")
    return (is_body(day, motion), *(day.only("body", name) for name in (also if isinstance(also, tuple) else ())))


def rules(day: Day, motion: str) -> Rules | None:
    """The rule of the motion in the body in which it is moved; none if that body's own decides."""
    if not day.fact(f"motion.{motion}.rule"):
        return None
    own: dict[str, float | bool] = {}
    for name in RULE_NAMES:
        value = day.fact(f"motion.{motion}.rule.{name}")
        assert isinstance(value, (float, bool))
        own[name] = value
    return rules_of(day, own)


def chance(day: Day, motion: str, what: Consequences) -> Array:
    """The chance that a motion with these consequences is carried, in each body that must carry it."""
    result: Array | float = 1.0
    for place, body in enumerate(deciding(day, motion)):
        rule = rules(day, motion) if place == 0 else None
        result = result * day.pick(chance_carried(day, votes(day, what), day.spread(body, "seat"), rule), body)
    assert isinstance(result, Array)
    return result


def votes(day: Day, what: Consequences, moved: Array | None = None) -> Votes:
    """What each way to vote is worth to each seat; `moved`, by seat: +1 put it to be carried, -1 to fail, 0 neither."""
    return votes_on(day, what.stake, whip(day, what.stake), moved=moved)


def _at_once(day: Day, motion: str, form: Form) -> tuple[Array | float, Array | float]:
    """What a motion does by itself."""
    kind = day.fact(f"motion.{motion}.kind")
    if kind == "confidence":
        return 0.0, formulas.gain_by_fall(day)
    if kind == "no_confidence":
        return formulas.gain_by_fall(day), 0.0
    if kind == "congress":
        return day.where(day.beaten, day.gap, -day.gap), 0.0
    if kind in ("settlement", "measure"):
        there = formulas.policy_of(day, place(day, motion, str(form.option)))
        moves = formulas.policy_weight(day) * (there - formulas.policy_of(day, day.vector("point")))
        return (day.parameter("forum.q") * moves if kind == "settlement" else moves), 0.0
    return _personal(day, motion, appointing=kind == "appointment"), 0.0


def _personal(day: Day, motion: str, *, appointing: bool) -> Array:
    """For a person in a post: how much nearer to oneself the new holder stands than the present one."""
    seat = day.given(f"tenure.motion.{motion}")
    post = day.spread(day.any(seat, "post"), "tenure")
    holder = day.any(day.holds & post, "actor")
    new = day.any(seat, "actor")
    worth = day.total(day.where(seat, day.given("tenure.portfolio"), 0.0))
    distance_now = _distance(day, holder)
    distance_new = _distance(day, new) if appointing else 0.0 * distance_now + 0.5
    filled = day.any(holder)
    return worth * day.where(filled, distance_now - distance_new, 0.5 - distance_new)


def _distance(day: Day, one_hot_actor: Array) -> Array:
    """Each actor's distance to the ideal point of one actor."""
    point = tuple(day.pick(x, day.first(one_hot_actor)) for x in day.vector("ideal"))
    return day.distance(day.vector("ideal"), point, formulas.salience(day))


def whip(day: Day, gains: Array) -> Array:
    """What the line asks of each seat: the sign of its party's mean gain; nothing where that is next to nothing, or of
    those who have left the party."""
    of_party = formulas.of_party(day, gains)
    asked = day.where(of_party > LEAST_WHIPPED, 1.0, day.where(of_party < -LEAST_WHIPPED, -1.0, 0.0))
    asked = day.where(day.given("party.decides"), asked, 0.0)
    return whipping.whipped(day, asked, gains)


def owners(day: Day, motion: str) -> Array:
    """Parties whose congress the motion would call."""
    body = day.fact(f"motion.{motion}.body")
    return day.only("party", *(name for name in day.ids("party") if day.fact(f"party.{name}.principal") == body))
